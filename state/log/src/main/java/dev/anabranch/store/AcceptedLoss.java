package dev.anabranch.store;

import java.io.Serializable;

/**
 * A person has decided that a shard goes on without rows that were acknowledged once.
 *
 * <p>What the events topic shows of them stays there. It is told from what followed by its place:
 * it lies before {@link #end}.
 *
 * @param fromOffset first offset whose row is given up; the shard goes on there
 * @param untilOffset the offset after the last row that is known to be lost
 * @param end where the shard's partition of the events topic ended when the loss was accepted
 * @param author who decided it
 * @param acceptedAtMicros when, since the epoch
 */
public record AcceptedLoss(
    int shard,
    long fromOffset,
    long untilOffset,
    LogBookmark end,
    String author,
    String reason,
    long acceptedAtMicros)
    implements Serializable {

  /** Whether a record of the events topic is one of the rows that are given up. */
  public boolean forgets(LogBookmark place, int ofShard, long offset) {
    return ofShard == shard
        && offset >= fromOffset
        && place.topicId().equals(end.topicId())
        && place.position() < end.position();
  }
}
