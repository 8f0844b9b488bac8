package dev.anabranch.versions;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.model.RowKind;
import java.util.List;

/**
 * The resolvers of one aggregate type, by the id stored with a commit, and what its policy shows of
 * several live versions.
 *
 * @param <S> state
 */
public final class PolicyResolvers<S> {

  private final ReplicationPolicy<S> policy;

  public PolicyResolvers(ReplicationPolicy<S> policy) {
    this.policy = policy;
  }

  /** Id to store with a commit of several parents; empty: the policy makes no such commits. */
  public String currentId() {
    return policy instanceof ReplicationPolicy.Automatic<S> automatic
        ? automatic.current().id()
        : "";
  }

  /**
   * Resolves as {@link VersionFolding#resolve} does.
   *
   * @throws ResolverFailedException if the resolver throws or no resolver has this id
   */
  public S resolve(String resolverId, List<LiveVersion<S>> versions, S base) {
    var resolver = resolver(resolverId, versions);
    try {
      return resolver.resolve(versions, base);
    } catch (RuntimeException e) {
      throw new ResolverFailedException("resolver " + resolver.id() + " threw " + e, versions, e);
    }
  }

  /** What a reader is shown; a resolver that fails leaves an open conflict that says so. */
  public ShownState<S> show(VersionStates<S> states) {
    var live = states.live();
    if (live.size() < 2) {
      return new ShownState<>(live, states.resolved(""), false, null);
    }
    var latest = live.get(live.size() - 1).state();
    if (!(policy instanceof ReplicationPolicy.Automatic<S>)) {
      return new ShownState<>(live, latest, true, null);
    }
    try {
      return new ShownState<>(live, states.resolved(currentId()), false, null);
    } catch (ResolverFailedException e) {
      return new ShownState<>(live, latest, true, e.getMessage());
    }
  }

  private ConflictResolver<S> resolver(String id, List<LiveVersion<S>> versions) {
    if (policy instanceof ReplicationPolicy.Interactive<S> interactive) {
      return known(interactive.beneath(), id, versions);
    }
    if (policy instanceof ReplicationPolicy.Automatic<S> automatic) {
      return id.isEmpty()
          ? automatic.oldest()
          : automatic
              .resolver(id)
              .orElseThrow(() -> new ResolverFailedException(missing(id, policy), versions));
    }
    return known(Resolvers.lastWriterWins(), id, versions);
  }

  /**
   * The one resolver of a policy without named ones, for commits that name none, or just this one.
   *
   * @param id of another resolver: the type had an automatic policy when the commit was decided
   */
  private ConflictResolver<S> known(
      ConflictResolver<S> only, String id, List<LiveVersion<S>> versions) {
    if (id.isEmpty() || id.equals(only.id())) {
      return only;
    }
    throw new ResolverFailedException(missing(id, policy), versions);
  }

  /** Why a commit that names this resolver can't be made again, and what to do. */
  public static String missing(String id, ReplicationPolicy<?> policy) {
    if (id.equals(ReplicationPolicy.REPLICATED)) {
      return "it was decided on concurrent commits of replicated data types, which no other policy"
          + " can merge: declare replicatedTypes() for the type again, and begin a new type for"
          + " another policy";
    }
    var made = "resolver " + id + " is not registered, and made stored commits; ";
    if (policy instanceof ReplicationPolicy.Automatic) {
      return made + "name it among the former resolvers of the type's automatic policy";
    }
    if (policy instanceof ReplicationPolicy.Interactive) {
      return made + "keep the automatic policy, or give it to the interactive one as beneath";
    }
    return made + "keep the automatic policy";
  }

  /**
   * What a commit of another policy has that replicated data types can't fold: a choice between
   * versions, by a person or a resolver. Empty: it can be folded.
   */
  public static String chosen(RowKind kind, String resolverId) {
    var by =
        kind == RowKind.RESOLUTION
            ? "by a person"
            : resolverId.isEmpty() || resolverId.equals(ReplicationPolicy.REPLICATED)
                ? ""
                : "by resolver " + resolverId;
    return by.isEmpty()
        ? ""
        : "versions were chosen from "
            + by
            + " under another policy, and replicated data types count all of them: declare the"
            + " former policy for the type again, and begin a new type for this one";
  }
}
