package dev.anabranch.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of an aggregate that several regions change at once.
 *
 * @param <S> state
 */
public sealed interface ReplicationPolicy<S> {

  /** Commands are accepted in the aggregate's home region only: nothing is ever concurrent. */
  record SingleHome<S>() implements ReplicationPolicy<S> {}

  /**
   * Accepted everywhere; the whole state consists of replicated data types, whose operations
   * commute: never a conflict.
   */
  record ReplicatedTypes<S>() implements ReplicationPolicy<S> {}

  /**
   * Accepted everywhere; a resolver makes one state of several branches.
   *
   * @param current resolves what is live
   * @param former resolvers that commits of the log were decided with, kept for ever, the newest
   *     first
   */
  record Automatic<S>(ConflictResolver<S> current, List<ConflictResolver<S>> former)
      implements ReplicationPolicy<S> {
    public Automatic {
      former = List.copyOf(former);
      var ids = new ArrayList<String>();
      ids.add(current.id());
      former.forEach(resolver -> ids.add(resolver.id()));
      for (var id : ids) {
        checkId(id);
      }
      if (ids.stream().distinct().count() < ids.size()) {
        throw new IllegalArgumentException(
            "resolver ids "
                + ids
                + " are not distinct; a resolver that answers differently needs"
                + " a new id");
      }
    }

    /**
     * The one that was there first, and so is the same in every release. It serves where a commit
     * turns out to be built on several versions only later, and names none.
     */
    public ConflictResolver<S> oldest() {
      return former.isEmpty() ? current : former.get(former.size() - 1);
    }

    /** The resolver with this id. */
    public Optional<ConflictResolver<S>> resolver(String id) {
      if (current.id().equals(id)) {
        return Optional.of(current);
      }
      return former.stream().filter(resolver -> resolver.id().equals(id)).findFirst();
    }

    private static void checkId(String id) {
      if (id.equals(REPLICATED)) {
        throw new IllegalArgumentException("resolver id '" + id + "' is reserved");
      }
      if (id.isEmpty() || id.length() > MAX_RESOLVER_ID_LENGTH) {
        throw new IllegalArgumentException(
            "resolver id '" + id + "' must have 1 to " + MAX_RESOLVER_ID_LENGTH + " characters");
      }
    }
  }

  /**
   * Accepted everywhere; a conflict stays visible, and commands that do not name the version that
   * they build on are rejected, until somebody resolves it.
   *
   * @param beneath makes one state where a commit turns out to be built on several versions only
   *     later: its parent was a repeat of a command that another region had accepted, or withheld;
   *     the same in every release
   */
  record Interactive<S>(ConflictResolver<S> beneath) implements ReplicationPolicy<S> {}

  int MAX_RESOLVER_ID_LENGTH = 64;

  /**
   * What a commit of replicated data types names in place of a resolver, if it was decided on
   * several others at once. No resolver has this id: another policy can't make that state again.
   */
  String REPLICATED = "$replicated";

  static <S> ReplicationPolicy<S> singleHome() {
    return new SingleHome<>();
  }

  static <S> ReplicationPolicy<S> replicatedTypes() {
    return new ReplicatedTypes<>();
  }

  @SafeVarargs
  static <S> ReplicationPolicy<S> automatic(
      ConflictResolver<S> current, ConflictResolver<S>... former) {
    return new Automatic<>(current, List.of(former));
  }

  /**
   * A person chooses. Where one state is needed beneath a commit, it is that of the later version.
   */
  static <S> ReplicationPolicy<S> interactive() {
    return new Interactive<>(Resolvers.lastWriterWins());
  }
}
