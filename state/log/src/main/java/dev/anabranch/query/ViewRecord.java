package dev.anabranch.query;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.view.AggregateView;
import org.jspecify.annotations.Nullable;

/**
 * What a place of a {@link ViewLog} holds.
 *
 * @param leaderEpoch of the leader that took it; {@link ViewLog#NO_EPOCH}: not known
 * @param view null: no view; {@code problem} says why
 */
public record ViewRecord(
    int partition, long offset, int leaderEpoch, @Nullable AggregateView view, String problem) {

  /** The position as a dead letter names it: the partition takes the place of the shard. */
  public LogPosition position() {
    return new LogPosition(partition, offset);
  }
}
