package dev.anabranch.operators.projection;

import dev.anabranch.model.LastPrints;
import dev.anabranch.model.LogRow;
import java.util.TreeMap;

/** Where a {@link VersionLane} is in one shard. */
final class ShardCursor {
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

  boolean isBehind = true;
  boolean isStalled;

  /** Whether it was at the log's end once: what it reads from the store then is no rebuild. */
  boolean hasFollowed;

  int inForming;
  final TreeMap<Long, LogRow> held = new TreeMap<>();
  final LastPrints prints = new LastPrints();

  ShardCursor(int shard) {
    this.shard = shard;
  }

  void head(long offset, long nowNanos) {
    head = Math.max(head, offset);
    if (applied > head) {
      behindSinceNanos = 0;
    } else if (behindSinceNanos == 0) {
      behindSinceNanos = nowNanos;
    }
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
