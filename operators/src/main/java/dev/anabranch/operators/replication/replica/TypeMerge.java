package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.ResolverCheck;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.history.CommitFold;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.operators.history.StateForm;
import dev.anabranch.replicated.ReplicatedStates;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.PolicyResolvers;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the commits and versions of one aggregate type become states. Whatever the application's code
 * throws is caught here and becomes the problem of one aggregate.
 *
 * @param <S> state
 */
public final class TypeMerge<S> implements StateForm<Folded> {

  private final AggregateType<S, ?, ?> type;
  private final PolicyResolvers<S> resolvers;

  TypeMerge(AggregateType<S, ?, ?> type) {
    this.type = type;
    this.resolvers = new PolicyResolvers<>(type.replication());
  }

  public static TypeMerge<?> of(AggregateType<?, ?, ?> type) {
    return new TypeMerge<>(type);
  }

  String contentType() {
    return type.stateCodec().contentType();
  }

  public Merging merging() {
    var policy = type.replication();
    return policy instanceof ReplicationPolicy.SingleHome
            || policy instanceof ReplicationPolicy.ReplicatedTypes
        ? Merging.FOLD
        : Merging.GRAPH;
  }

  /** Whether commits of it may be concurrent without being a conflict. */
  public boolean commutes() {
    return type.replication() instanceof ReplicationPolicy.ReplicatedTypes;
  }

  /** Whether a declared resolver makes one state of what is live; if not, a person does. */
  boolean isAutomatic() {
    return type.replication() instanceof ReplicationPolicy.Automatic;
  }

  /** Id of the resolver of what is live now; empty: there is none. */
  String resolverId() {
    return type.replication() instanceof ReplicationPolicy.Automatic<S> automatic
        ? automatic.current().id()
        : "";
  }

  /** Id of the resolver that is taken for this one; null: there is none. */
  public @Nullable String resolverFor(String resolverId) {
    return resolvers.resolverFor(resolverId);
  }

  Folded initial() {
    try {
      return Folded.of(type.decider().initialState());
    } catch (Throwable e) {
      return Folded.broken("its initial state can't be made: " + ApplicationCode.problem(e));
    }
  }

  Folded fold(Folded before, EventContext at, byte[] events) {
    if (before.isBroken()) {
      return before;
    }
    try {
      return Folded.of(CommitFold.apply(type, state(before), at, events));
    } catch (Throwable e) {
      return Folded.broken(
          "commit " + at.dot() + " can't be folded by this release: " + ApplicationCode.problem(e));
    }
  }

  Folded resolve(String resolverId, List<LiveVersion<Folded>> versions, Folded base) {
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
      return Folded.broken(PolicyResolvers.missing(resolverId, type.replication()));
    }
    try {
      return Folded.of(resolver.resolve(live(versions), state(base)));
    } catch (Throwable e) {
      return Folded.broken(
          "resolver "
              + resolver.id()
              + " throws "
              + ApplicationCode.problem(e)
              + " for versions "
              + versions.stream().map(version -> version.dot().toString()).toList());
    }
  }

  /** What shows that the current resolver is no pure function; empty: nothing does. */
  String impurity(List<LiveVersion<Folded>> versions, Folded base) {
    if (!(type.replication() instanceof ReplicationPolicy.Automatic<S> automatic)
        || base.isBroken()
        || versions.stream().anyMatch(version -> version.state().isBroken())) {
      return "";
    }
    try {
      return ResolverCheck.findImpurity(
              automatic.current(),
              live(versions),
              state(base),
              false,
              state -> type.stateCodec().encode(state).data())
          .orElse("");
    } catch (Throwable e) {
      return "resolver " + automatic.current().id() + " throws " + ApplicationCode.problem(e);
    }
  }

  /** The state without what is kept for the sake of commits that no region can make any more. */
  Folded dropStable(Folded folded, VectorTime stable) {
    return commutes() ? Folded.of(ReplicatedStates.stable(folded.value(), stable)) : folded;
  }

  /**
   * @throws RuntimeException if the codec can't write it
   */
  @Override
  @SuppressWarnings("unchecked") // a state comes from this type's decider, codec or resolver
  public EncodedMessage encode(Folded state) {
    var encoded = state.encoded();
    if (encoded == null) {
      encoded = type.stateCodec().encode((S) state.value());
      state.encoded(encoded);
    }
    return encoded;
  }

  @Override
  public Folded decode(byte[] blob) {
    try {
      return Folded.of(type.decodeState(EventsBlob.decode(blob).get(0)));
    } catch (Throwable e) {
      return Folded.broken(
          "its stored state can't be read by this release: " + ApplicationCode.problem(e));
    }
  }

  /** What is broken is not kept: it may be read when it is asked for again. */
  @Override
  public boolean isSound(Folded state) {
    return !state.isBroken();
  }

  @SuppressWarnings("unchecked") // as above
  private S state(Folded folded) {
    return (S) folded.value();
  }

  private List<LiveVersion<S>> live(List<LiveVersion<Folded>> versions) {
    var live = new ArrayList<LiveVersion<S>>(versions.size());
    for (var version : versions) {
      live.add(new LiveVersion<>(version.dot(), version.hlc(), state(version.state())));
    }
    return live;
  }
}
