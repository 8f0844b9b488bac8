package dev.anabranch.cli;

import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.ShardHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a shard whose store has lost rows.
 *
 * @param next the offset after the last row that the store has
 * @param known the last row that is known to be committed; null: only that some are missing
 * @param what how that was found
 */
record LostShard(int shard, long next, @Nullable ShardHead known, String what, long foundAtMicros) {
  /** The offset after the last row that is known to be lost. */
  long until() {
    return known == null ? next : Math.max(next, known.offset() + 1);
  }

  /**
   * When it is accepted: not before it was found, nor before the loss that was accepted last,
   * whatever the clocks of these machines say.
   */
  long acceptedAt(long nowMicros, List<AcceptedLoss> accepted) {
    var at = Math.max(nowMicros, foundAtMicros);
    for (var before : accepted) {
      if (before.shard() == shard) {
        at = Math.max(at, before.acceptedAtMicros() + 1);
      }
    }
    return at;
  }

  /** What is known of both. */
  LostShard with(LostShard other) {
    var further = until() >= other.until() ? this : other;
    return new LostShard(
        shard,
        further.next,
        further.known,
        further.what,
        Math.max(foundAtMicros, other.foundAtMicros));
  }

  /** Whether the store has another row in place of the known one. */
  boolean isForked() {
    return known != null && known.offset() < next;
  }

  /** What is to be given up at least. */
  long from() {
    return known == null ? next : Math.min(next, known.offset());
  }
}
