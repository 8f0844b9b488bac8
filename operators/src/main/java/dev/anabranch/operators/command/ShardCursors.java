package dev.anabranch.operators.command;

import dev.anabranch.model.LogRow;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The cursors of the shards that this subtask owns.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class ShardCursors {

  private final Map<Integer, ShardCursor> cursors = new HashMap<>();

  /** Offsets given to rows of unfinished inserts, beyond each cursor. */
  private final Map<Integer, Integer> assigned = new HashMap<>();

  void add(ShardCursor cursor) {
    cursors.put(cursor.shard(), cursor);
  }

  ShardCursor get(int shard) {
    var cursor = cursors.get(shard);
    if (cursor == null) {
      throw new IllegalStateException(
          "shard " + shard + " is not owned by this task; is the stream keyed by routing key?");
    }
    return cursor;
  }

  Collection<ShardCursor> all() {
    return cursors.values();
  }

  /** The next offset of the shard for a row that is about to be sent. */
  long assign(int shard) {
    return get(shard).nextOffset() + assigned.merge(shard, 1, Integer::sum) - 1;
  }

  void advance(LogRow row) {
    get(row.shard()).advance(row);
    assigned.computeIfPresent(row.shard(), (shard, count) -> count == 1 ? null : count - 1);
  }

  /** None of the shard's unfinished rows was stored. */
  void unassign(int shard) {
    assigned.remove(shard);
  }
}
