package dev.anabranch.operators.command;

import dev.anabranch.causality.CausalPast;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.command.LiveAggregate.Version;
import dev.anabranch.wire.CausalityBlob;
import dev.anabranch.wire.CommitFold;
import dev.anabranch.wire.WireFormatException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Folds stored commits into an aggregate: the stored bytes, never a second decision. */
final class Folding {

  private Folding() {}

  /**
   * Moves the aggregate over a durable row that no pending command of this attempt stands for.
   * Idempotent: a commit is folded only onto the version before it.
   */
  static void apply(LiveAggregate aggregate, LogRow row) {
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
    var past = pastAfter(aggregate, row);
    var state = aggregate.brokenReason == null ? stateAfter(aggregate, before, row) : null;
    aggregate.committed = new Version(outcome.version(), past, state);
    aggregate.head = aggregate.committed;
    aggregate.dirty = true;
  }

  /** Folds a parked aggregate anew from its whole history; it stays parked if that fails again. */
  static void rebuild(LiveAggregate aggregate, List<LogRow> history) {
    var type = aggregate.type;
    if (type == null) {
      return;
    }
    var version = aggregate.committed.version();
    aggregate.brokenReason = null;
    aggregate.committed = new Version(0, CausalPast.NONE, type.decider().initialState());
    for (var row : history) {
      apply(aggregate, row);
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

  private static CausalPast pastAfter(LiveAggregate aggregate, LogRow row) {
    var before = aggregate.committed.past();
    var outcome = row.outcome();
    var hlc = outcome.stamp().hlc();
    var dot = outcome.dot();
    if (dot == null) {
      throw new StoreContradictionException(
          "the commit at " + row.position() + " has no dot; run anabranch verify");
    }
    try {
      var causality = CausalityBlob.decode(outcome.blobs().causality());
      return before.after(dot, hlc, causality.context(), causality.dependencies());
    } catch (WireFormatException e) {
      aggregate.brokenReason =
          "the causality of its commit at " + row.position() + " can't be read: " + e.getMessage();
      return before.afterOwn(dot, hlc, before.dependenciesAt(dot.origin(), hlc));
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
