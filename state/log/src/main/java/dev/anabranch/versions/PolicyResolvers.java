package dev.anabranch.versions;

import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.model.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * The resolvers of one aggregate type, by the id stored with a commit.
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
