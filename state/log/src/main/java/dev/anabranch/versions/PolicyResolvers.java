package dev.anabranch.versions;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.model.RowKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    var resolver = find(resolverId);
    if (resolver == null) {
      throw new ResolverFailedException(missing(resolverId, policy), versions);
    }
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

  /** Id of the resolver that is taken for commits which name this one; null: there is none. */
  public @Nullable String resolverFor(String id) {
    var found = find(id);
    return found == null ? null : found.id();
  }

  /**
   * The resolver of commits that name this one; null: there is none, since the type had another
   * policy when they were decided, or a resolver was left out.
   *
   * @param id empty: they name none
   */
  public @Nullable ConflictResolver<S> find(String id) {
    if (policy instanceof ReplicationPolicy.Automatic<S> automatic) {
      return id.isEmpty() ? automatic.oldest() : automatic.resolver(id).orElse(null);
    }
    ConflictResolver<S> only =
        policy instanceof ReplicationPolicy.Interactive<S> interactive
            ? interactive.beneath()
            : Resolvers.lastWriterWins();
    return id.isEmpty() || id.equals(only.id()) ? only : null;
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
