package dev.anabranch.versions;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
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
   * As {@link VersionFolding#resolve}.
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
      return interactive.beneath();
    }
    if (policy instanceof ReplicationPolicy.Automatic<S> automatic) {
      return id.isEmpty()
          ? automatic.oldest()
          : automatic
              .resolver(id)
              .orElseThrow(
                  () ->
                      new ResolverFailedException(
                          "resolver "
                              + id
                              + " made stored commits and is not registered; name it among the"
                              + " former resolvers of the type's automatic policy",
                          versions));
    }
    return Resolvers.lastWriterWins();
  }
}
