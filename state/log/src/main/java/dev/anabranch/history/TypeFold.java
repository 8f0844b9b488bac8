package dev.anabranch.history;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.ResolverCheck;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.replicated.ReplicatedStates;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.PolicyResolvers;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the stored commits of one aggregate type become states: decode, upcast, evolve, resolve. Both
 * jobs, the command line and the test kit fold by these steps and no others.
 *
 * <p><b>Failure.</b> Whatever the application's code throws is caught here, and becomes the problem
 * of one state.
 *
 * <p><b>Threads.</b> As the application's code, which is pure.
 */
public final class TypeFold {

  /** Begin of the type names of events that are ours, not the application's. */
  private static final String RESERVED = "$";

  private final AggregateType<Object, Object, Object> type;
  private final PolicyResolvers<Object> resolvers;

  private TypeFold(AggregateType<Object, Object, Object> type) {
    this.type = type;
    this.resolvers = new PolicyResolvers<>(type.replication());
  }

  // Its parts came from one registration, so they fit each other.
  @SuppressWarnings("unchecked")
  public static TypeFold of(AggregateType<?, ?, ?> type) {
    return new TypeFold((AggregateType<Object, Object, Object>) type);
  }

  public AggregateType<Object, Object, Object> type() {
    return type;
  }

  // -- What the policy says.

  /** Whether one region at a time changes an aggregate. */
  public boolean hasOneHome() {
    return type.replication() instanceof ReplicationPolicy.SingleHome;
  }

  /** Whether commits may be concurrent without being a conflict. */
  public boolean commutes() {
    return type.replication() instanceof ReplicationPolicy.ReplicatedTypes;
  }

  /** Whether a resolver makes one state of what is live; if not, a person does. */
  public boolean isAutomatic() {
    return type.replication() instanceof ReplicationPolicy.Automatic;
  }

  /** Whether versions are kept in a graph from the first commit on. */
  public boolean hasGraph() {
    return !hasOneHome() && !commutes();
  }

  /** Id of the resolver of what is live now; empty: there is none. */
  public String resolverId() {
    return resolvers.currentId();
  }

  /** Id of the resolver that is taken for this one; null: there is none. */
  public @Nullable String resolverFor(String resolverId) {
    return resolvers.resolverFor(resolverId);
  }

  /** Why a commit that names this resolver can't be made again, and what to do. */
  public String missing(String resolverId) {
    return PolicyResolvers.missing(resolverId, type.replication());
  }

  /**
   * Why replicated data types can't count this commit: it is a choice between versions, made under
   * another policy. Empty: they can, or the type is of another kind.
   */
  public String choiceIn(Commit commit) {
    return commutes() ? PolicyResolvers.chosen(commit.kind(), commit.causality().resolverId()) : "";
  }

  // -- States.

  /** The state before the first commit. */
  public FoldedState initial() {
    try {
      return FoldedState.of(type.decider().initialState());
    } catch (Throwable e) {
      return FoldedState.broken("its initial state can't be made: " + ApplicationCode.problem(e));
    }
  }

  /** The state after a commit. */
  public FoldedState fold(FoldedState before, Commit commit) {
    return fold(before, commit.eventContext(), commit.events());
  }

  /**
   * The state after a commit of which only this is at hand.
   *
   * @param at of the commit's first event
   * @param events as stored; those that are ours, such as a resolution, change no state
   */
  public FoldedState fold(FoldedState before, EventContext at, byte[] events) {
    if (before.isBroken()) {
      return before;
    }
    try {
      return FoldedState.of(evolved(before.value(), at, events));
    } catch (Throwable e) {
      return FoldedState.broken(
          "commit " + at.dot() + " can't be folded by this release: " + ApplicationCode.problem(e));
    }
  }

  private Object evolved(Object before, EventContext at, byte[] events) {
    var stored = EventsBlob.decode(events);
    var state = before;
    for (var index = 0; index < stored.size(); index++) {
      if (stored.get(index).type().startsWith(RESERVED)) {
        continue;
      }
      var current = type.decodeEvent(stored.get(index));
      for (var part = 0; part < current.size(); part++) {
        state = type.decider().evolve(state, current.get(part), at.event(index, part));
      }
    }
    return state;
  }

  /**
   * One state of several versions; see {@link VersionFolding#resolve}.
   *
   * @param base the state that all of them grew from
   */
  public FoldedState resolve(
      String resolverId, List<LiveVersion<FoldedState>> versions, FoldedState base) {
    if (base.isBroken()) {
      return base;
    }
    for (var version : versions) {
      if (version.state().isBroken()) {
        return version.state();
      }
    }
    var resolver = resolvers.find(resolverId);
    if (resolver == null) {
      return FoldedState.broken(missing(resolverId));
    }
    try {
      return FoldedState.of(resolver.resolve(values(versions), base.value()));
    } catch (Throwable e) {
      return FoldedState.broken(
          "resolver "
              + resolver.id()
              + " throws "
              + ApplicationCode.problem(e)
              + " for versions "
              + versions.stream().map(version -> version.dot().toString()).toList());
    }
  }

  /** What shows that the current resolver is no pure function; empty: nothing does. */
  public String impurity(List<LiveVersion<FoldedState>> versions, FoldedState base) {
    if (!(type.replication() instanceof ReplicationPolicy.Automatic<Object> automatic)
        || base.isBroken()
        || versions.stream().anyMatch(version -> version.state().isBroken())) {
      return "";
    }
    try {
      return ResolverCheck.findImpurity(
              automatic.current(),
              values(versions),
              base.value(),
              false,
              state -> type.stateCodec().encode(state).data())
          .orElse("");
    } catch (Throwable e) {
      return "resolver " + automatic.current().id() + " throws " + ApplicationCode.problem(e);
    }
  }

  private static List<LiveVersion<Object>> values(List<LiveVersion<FoldedState>> versions) {
    var values = new ArrayList<LiveVersion<Object>>(versions.size());
    for (var version : versions) {
      values.add(new LiveVersion<>(version.dot(), version.hlc(), version.state().value()));
    }
    return values;
  }

  /** The state without what is kept for the sake of commits that no region can make any more. */
  public FoldedState dropStable(FoldedState folded, VectorTime stable) {
    return commutes() && !folded.isBroken()
        ? FoldedState.of(ReplicatedStates.stable(folded.value(), stable))
        : folded;
  }

  // -- Bytes.

  /**
   * Encodes a state, once.
   *
   * @throws RuntimeException what the codec throws
   */
  public EncodedMessage encode(FoldedState folded) {
    var encoded = folded.encoded();
    if (encoded == null) {
      encoded = type.stateCodec().encode(folded.value());
      folded.encoded(encoded);
    }
    return encoded;
  }

  /** The state that was stored. */
  public FoldedState decode(EncodedMessage stored) {
    try {
      return FoldedState.of(type.decodeState(stored));
    } catch (Throwable e) {
      return unreadable(e);
    }
  }

  /** The state in a blob, as it is kept of a version. */
  public FoldedState decode(byte[] blob) {
    try {
      return FoldedState.of(type.decodeState(EventsBlob.decode(blob).get(0)));
    } catch (Throwable e) {
      return unreadable(e);
    }
  }

  private static FoldedState unreadable(Throwable e) {
    return FoldedState.broken(
        "its stored state can't be read by this release: " + ApplicationCode.problem(e));
  }

  // -- Versions.

  /**
   * The folding of one aggregate's graph. It throws {@link
   * dev.anabranch.versions.FoldFailedException} where there is no state.
   *
   * @param events as stored, of a commit that is in the graph; throws if it does not have them
   */
  public VersionFolding<Object> versions(Function<Dot, byte[]> events) {
    return new ThrowingFolding(this, events);
  }
}
