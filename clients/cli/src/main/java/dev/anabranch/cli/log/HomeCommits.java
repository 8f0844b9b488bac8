package dev.anabranch.cli.log;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.history.Commit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commits of an aggregate with a single home, kept in case that two regions have acted as it:
 * then its versions are made from all of them, as both jobs do.
 *
 * <p><b>Bounds.</b> {@value #MAX_BYTES} bytes of events. A longer history is kept no more, which
 * matters only if it has a fork.
 */
final class HomeCommits {

  static final long MAX_BYTES = 64L << 20;

  private final List<Commit> commits = new ArrayList<>();
  private long bytes;
  private @Nullable CausalPast past;
  private @Nullable Commit last;

  /** Takes the next commit of the log; true: it had not seen all those before it. */
  boolean isForkedBy(Commit commit) {
    keep(commit);
    var before = last;
    last = commit;
    if (before == null || (past == null && isOfOneRegion(before, commit))) {
      return false;
    }
    // Up to the first commit of a second region each was decided on the one before it.
    past = after(past == null ? after(CausalPast.NONE, before) : past, commit);
    return past.frontier().size() > 1;
  }

  /**
   * All that were taken.
   *
   * @throws IllegalStateException if they were too large to be kept
   */
  List<Commit> all() {
    if (bytes > MAX_BYTES) {
      throw new IllegalStateException(
          "two regions have acted as its home, and its history has more than "
              + (MAX_BYTES >> 20)
              + " MiB, more than is kept here to make its versions");
    }
    return commits;
  }

  private void keep(Commit commit) {
    bytes += commit.events().length;
    if (bytes > MAX_BYTES) {
      commits.clear();
    } else {
      commits.add(commit);
    }
  }

  private static boolean isOfOneRegion(Commit before, Commit commit) {
    return before.dot().origin().equals(commit.dot().origin());
  }

  private static CausalPast after(CausalPast past, Commit commit) {
    return past.after(commit.dot(), commit.hlc(), commit.context(), VectorTime.ZERO);
  }
}
