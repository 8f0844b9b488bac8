package dev.anabranch.cli.verify;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.function.Consumer;

/** What one row must keep by itself: its columns fit its kind, and its blobs can be read. */
final class RowRules {

  private final RegionId region;

  RowRules(RegionId region) {
    this.region = region;
  }

  void check(LogRow row, Consumer<String> problem) {
    var outcome = row.outcome();
    switch (outcome.kind()) {
      case COMMIT -> {
        checkDotted(outcome, problem);
        require(outcome.blobs().events().length > 0, "a commit without events", problem);
      }
      case RESOLUTION, HOME_MOVE, TOMBSTONE -> checkDotted(outcome, problem);
      case REJECTED, UNCHANGED -> checkOutcome(outcome, problem);
      case MOVED -> {}
    }
    checkBlobs(outcome, problem);
  }

  private static void checkDotted(Outcome outcome, Consumer<String> problem) {
    require(outcome.dot() != null, "a " + nameOf(outcome) + " row without a dot", problem);
  }

  private static void checkOutcome(Outcome outcome, Consumer<String> problem) {
    require(outcome.dot() == null, "a " + nameOf(outcome) + " row with a dot", problem);
    require(
        outcome.commandId() != null, "a " + nameOf(outcome) + " row without command id", problem);
    require(
        outcome.blobs().events().length == 0, "a " + nameOf(outcome) + " row with events", problem);
  }

  private void checkBlobs(Outcome outcome, Consumer<String> problem) {
    try {
      EventsBlob.types(outcome.blobs().events());
      MetadataBlob.decode(outcome.blobs().metadata());
      var causality = CausalityBlob.decode(outcome.blobs().causality());
      checkReply(outcome, causality, problem);
      checkContext(outcome, causality, problem);
    } catch (WireFormatException e) {
      problem.accept(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The version that was answered is stored beside the version: they were made together. But for a
   * commit that was taken back from other regions, after the store had lost it: it stands behind
   * commits that its decider had not seen.
   */
  private void checkReply(Outcome outcome, Causality causality, Consumer<String> problem) {
    var reply = ReplyBlob.decode(outcome.blobs().reply());
    var dot = outcome.dot();
    if (outcome.kind() == RowKind.COMMIT && dot != null && dot.origin().equals(region)) {
      var wasTakenBack = outcome.version() - 1 > sum(causality.context());
      require(
          reply.version() == outcome.version()
              || (wasTakenBack && reply.version() < outcome.version()),
          "version " + outcome.version() + " was answered as version " + reply.version(),
          problem);
    }
  }

  private static long sum(VectorTime context) {
    var sum = 0L;
    for (var i = 0; i < context.size(); i++) {
      sum += context.valueAt(i);
    }
    return sum;
  }

  /** The n-th commit of an origin was decided on the n-1 before it. */
  private static void checkContext(Outcome outcome, Causality causality, Consumer<String> problem) {
    var dot = outcome.dot();
    if (dot != null) {
      var known = causality.context().get(dot.origin());
      require(
          known == dot.n() - 1,
          "dot " + dot + " was decided on " + known + " commits of its origin",
          problem);
    }
  }

  private static void require(boolean holds, String problem, Consumer<String> to) {
    if (!holds) {
      to.accept(problem);
    }
  }

  private static String nameOf(Outcome outcome) {
    return outcome.kind().name().toLowerCase(java.util.Locale.ROOT);
  }
}
