package dev.anabranch.operators.command.decide;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ReplicationPolicy.SingleHome;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Optimistic concurrency: whether the aggregate is still what the sender of a command saw. */
final class Expectations {

  /**
   * Why a command is not decided.
   *
   * @param isOutcome whether it is a durable outcome, or an error of the sender
   */
  record Refusal(ReplyBody body, boolean isOutcome) {}

  private Expectations() {}

  /**
   * Returns why the command must be refused, or null if it may be decided.
   *
   * <p>Versions count a region's own log, so they are compared only for types that one region
   * changes; others take the revision that replies carry.
   */
  static @Nullable Refusal check(
      AggregateType<?, ?, ?> type, CommandEnvelope command, Version head) {
    var revision = command.expectedRevision();
    if (revision != null) {
      var actual = head.past().applied();
      return revision.equals(actual)
          ? null
          : new Refusal(
              ReplyBody.reason(
                  ErrorCodes.VERSION_CONFLICT,
                  "expected revision " + revision + ", is " + actual,
                  Map.of("expected", revision.token(), "actual", actual.token())),
              true);
    }
    if (command.expectedVersion() == CommandEnvelope.ANY_VERSION) {
      return null;
    }
    if (!(type.replication() instanceof SingleHome)) {
      return new Refusal(
          ReplyBody.reason(
              ErrorCodes.PLAIN_VERSION,
              "type "
                  + type.name()
                  + " is changed in several regions, which count versions differently; send the"
                  + " revision of a reply as expected revision instead of a version",
              Map.of()),
          false);
    }
    return command.expectedVersion() == head.version()
        ? null
        : new Refusal(
            ReplyBody.reason(
                ErrorCodes.VERSION_CONFLICT,
                "expected version " + command.expectedVersion() + ", is " + head.version(),
                Map.of(
                    "expected", Long.toString(command.expectedVersion()),
                    "actual", Long.toString(head.version()))),
            true);
  }
}
