package dev.anabranch.query;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;

/**
 * A row of the log that a version could not apply yet: the one that failed, or a later one of the
 * same aggregate. What it holds is in the event store.
 *
 * @param reason why it failed; empty if it only waits behind another one
 * @param parkedAtMicros since the epoch
 */
public record ParkedRow(
    LogPosition position, AggregateKey aggregate, String reason, long parkedAtMicros) {

  public static final int MAX_REASON_LENGTH = 2_000;

  public ParkedRow {
    if (reason.length() > MAX_REASON_LENGTH) {
      reason = reason.substring(0, MAX_REASON_LENGTH - 1) + "…";
    }
  }

  public boolean hasFailed() {
    return !reason.isEmpty();
  }
}
