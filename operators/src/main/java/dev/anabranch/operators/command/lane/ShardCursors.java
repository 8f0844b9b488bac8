package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cursors of the shards that this subtask owns.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class ShardCursors {

  private final @Nullable ShardCursor[] byShard;

  /** Offsets given to rows of unfinished inserts, beyond each cursor. */
  private final int[] assigned;

  private final List<ShardCursor> all = new ArrayList<>();

  ShardCursors(int shardCount) {
    this.byShard = new ShardCursor[shardCount];
    this.assigned = new int[shardCount];
  }

  /** Takes the next shard over; they come in ascending order, without a gap. */
  public void add(ShardCursor cursor) {
    byShard[cursor.shard()] = cursor;
    all.add(cursor);
  }

  public ShardCursor get(int shard) {
    var cursor = byShard[shard];
    if (cursor == null) {
      throw new IllegalStateException(
          "shard " + shard + " is not owned by this task; is the stream keyed by routing key?");
    }
    return cursor;
  }

  public Collection<ShardCursor> all() {
    return all;
  }

  /** How many shards the region has. */
  int shardCount() {
    return byShard.length;
  }

  /** Lowest shard owned; there is at least one. */
  public int first() {
    return all.get(0).shard();
  }

  /** Highest shard owned. */
  public int last() {
    return all.get(all.size() - 1).shard();
  }

  /** The next offset of the shard for a row that is about to be sent. */
  long assign(int shard) {
    return get(shard).nextOffset() + assigned[shard]++;
  }

  /** The row is durable; it was assigned its offset, or read back from the store. */
  public void advance(LogRow row) {
    get(row.shard()).advance(row);
    assigned[row.shard()] = Math.max(0, assigned[row.shard()] - 1);
  }

  /** Whether the row is folded here; else this task lacks it, and is not up to date. */
  public boolean knows(LogRow row) {
    return row.offset() < get(row.shard()).nextOffset();
  }

  /** None of the shard's unfinished rows was stored. */
  public void unassign(int shard) {
    assigned[shard] = 0;
  }
}
