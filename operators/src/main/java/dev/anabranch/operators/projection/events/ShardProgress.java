package dev.anabranch.operators.projection.events;

import dev.anabranch.model.stored.LastPrints;

/** Where a {@link VersionLane} is in one shard. */
final class ShardProgress {
  final int shard;

  /** First offset that was not taken yet. */
  long next;

  /** First offset that is not committed yet. */
  long applied;

  /** Clock of the last committed row; 0: none since the start. */
  long hlc;

  /** Last offset that the store is known to hold; -1: none. */
  long head = -1;

  /** When {@link #head} was first seen beyond {@link #applied}; 0: it is not. */
  long behindSinceNanos;

  /** {@link #applied} as it was at some time, and that time; 0: none yet. */
  private long known;

  private long knownAtNanos;

  /** The event store lacks rows of it: nothing is taken until they are back. */
  boolean isLost;

  /** Below it rows of Kafka prove nothing: some of them were given up. */
  private long givenUpBelow;

  boolean isBehind = true;
  boolean isStalled;

  /** Whether it was at the log's end once: what it reads from the store then is no rebuild. */
  boolean hasFollowed;

  int inForming;
  final HeldRows held;
  final LastPrints prints = new LastPrints();

  /**
   * @param room that rows may take which come too early, of all shards of the lane
   */
  ShardProgress(int shard, RowRoom room) {
    this.shard = shard;
    this.held = new HeldRows(room);
  }

  void head(long offset, long nowNanos) {
    head = Math.max(head, offset);
    if (applied > head) {
      behindSinceNanos = 0;
    } else if (behindSinceNanos == 0) {
      behindSinceNanos = nowNanos;
    }
  }

  /** Whether a row of Kafka can be taken, now or later. */
  boolean takesFromKafka(long offset) {
    return !isLost && (offset < next || offset >= givenUpBelow);
  }

  /** Takes note of it; what is held and can't be taken any more is dropped. */
  void compared(StoreComparison.Result result) {
    isLost = result.lost().containsKey(shard);
    givenUpBelow = result.givenUpBelow().getOrDefault(shard, 0L);
    held.dropIf(offset -> !takesFromKafka(offset));
  }

  /**
   * Whether the store ends before what was committed here when it was asked: it has lost rows.
   *
   * @param end offset after the store's last row
   */
  boolean isBeyond(long end, long askedAtNanos, long nowNanos) {
    var beyond = known > end && askedAtNanos - knownAtNanos > 0;
    known = applied;
    knownAtNanos = nowNanos;
    return beyond;
  }

  long lag() {
    return Math.max(0, head + 1 - applied);
  }

  double lagSeconds(long nowNanos, long nowMillis) {
    if (lag() == 0) {
      return 0;
    }
    var seen = behindSinceNanos == 0 ? 0 : (nowNanos - behindSinceNanos) / 1e9;
    // What is rebuilt is as old as its last row; what follows is as late as it was seen to be.
    return isBehind && hlc > 0 ? Math.max(seen, (nowMillis - (hlc >> 16)) / 1e3) : seen;
  }
}
