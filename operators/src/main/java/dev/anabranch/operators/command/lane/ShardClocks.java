package dev.anabranch.operators.command.lane;

import dev.anabranch.operators.command.aggregate.CommandState;
import dev.anabranch.operators.command.aggregate.KeyedMap;
import dev.anabranch.operators.task.ShardKeys;
import java.nio.ByteBuffer;

/**
 * The greatest hybrid logical time among the rows of each owned shard, where it is not that of the
 * last row: a commit of another region keeps its own time, which may lie before the shard's. Kept
 * under the shard's key, written at checkpoints.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class ShardClocks {

  /** Among the entries of a shard's key. */
  static final String NAME = "clock";

  private static final byte FORMAT = 1;

  private final KeyedMap entries;
  private final String[] shardKeys;

  public ShardClocks(CommandState state, int shardCount) {
    this.entries = state.gateEntries();
    this.shardKeys = ShardKeys.forShardCount(shardCount);
  }

  /** The greatest time that was noted; it may be less than that of the shard's last row. */
  public long read(int shard) {
    var stored = entries.get(shardKeys[shard], NAME);
    return stored == null ? 0 : decode(stored);
  }

  /** Takes note of a shard that has moved. */
  public void write(ShardCursor cursor) {
    if (cursor.greatestHlc() > cursor.lastHlc()) {
      entries.put(shardKeys[cursor.shard()], NAME, encode(cursor.greatestHlc()));
    }
  }

  static byte[] encode(long hlc) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(FORMAT).putLong(hlc).array();
  }

  static long decode(byte[] stored) {
    if (stored.length != 1 + Long.BYTES || stored[0] != FORMAT) {
      throw new IllegalStateException(
          "the clock of a shard is not written in format " + FORMAT + "; was it a newer release?");
    }
    return ByteBuffer.wrap(stored).getLong(1);
  }
}
