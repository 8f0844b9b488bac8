package dev.anabranch.operators.command;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.command.LiveAggregate.Version;
import dev.anabranch.wire.CommitFold;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Folds stored commits into an aggregate: the stored bytes, never a second decision. */
final class Folding {

  private Folding() {}

  /**
   * Moves the aggregate over a durable row that no pending command of this attempt stands for.
   * Idempotent: a commit is folded only onto the version before it.
   *
   * @param region this region's name, to count the commits that originated here
   */
  static void apply(LiveAggregate aggregate, LogRow row, String region) {
    var outcome = row.outcome();
    var before = aggregate.committed;
    if (!outcome.kind().hasVersion() || outcome.version() <= before.version()) {
      return;
    }
    if (outcome.version() != before.version() + 1) {
      throw new StoreContradictionException(
          "the store has version "
              + outcome.version()
              + " of "
              + aggregate.key
              + " at "
              + row.position()
              + " right after version "
              + before.version());
    }
    var dot = outcome.dot();
    var originN = dot != null && dot.origin().value().equals(region) ? dot.n() : before.originN();
    var state = aggregate.brokenReason == null ? stateAfter(aggregate, before, row) : null;
    aggregate.committed = new Version(outcome.version(), originN, outcome.stamp().hlc(), state);
    aggregate.head = aggregate.committed;
    aggregate.dirty = true;
  }

  /** Folds a parked aggregate anew from its whole history; it stays parked if that fails again. */
  static void rebuild(LiveAggregate aggregate, List<LogRow> history, String region) {
    var type = aggregate.type;
    if (type == null) {
      return;
    }
    var version = aggregate.committed.version();
    aggregate.brokenReason = null;
    aggregate.committed = new Version(0, 0, 0, type.decider().initialState());
    for (var row : history) {
      apply(aggregate, row, region);
    }
    if (aggregate.committed.version() < version) {
      throw new StoreContradictionException(
          "the store has "
              + aggregate.committed.version()
              + " versions of "
              + aggregate.key
              + ", this job has seen "
              + version);
    }
  }

  private static @Nullable Object stateAfter(LiveAggregate aggregate, Version before, LogRow row) {
    var type = aggregate.type;
    if (type == null) {
      aggregate.brokenReason = "its type is not registered with this job";
      return null;
    }
    try {
      return CommitFold.apply(type, before.foldedState(), row.outcome());
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      aggregate.brokenReason =
          "its commit at " + row.position() + " can't be folded by this release: " + e;
      return null;
    }
  }
}
