package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogRow;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows from Kafka that a shard can't take yet, by offset. All shards of a lane share the room; what
 * finds none is read from the event store later.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class HeldRows {

  private final TreeMap<Long, LogRow> rows = new TreeMap<>();
  private final RowRoom room;

  HeldRows(RowRoom room) {
    this.room = room;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The lowest offset, of those that there are. */
  long first() {
    return rows.firstKey();
  }

  void hold(LogRow row) {
    if (!room.isFull() && rows.putIfAbsent(row.offset(), row) == null) {
      room.add(row);
    }
  }

  /** Takes the first row; null: there is none. */
  @Nullable LogRow poll() {
    var first = rows.pollFirstEntry();
    if (first == null) {
      return null;
    }
    room.remove(first.getValue());
    return first.getValue();
  }

  void dropIf(LongPredicate unwanted) {
    rows.values()
        .removeIf(
            row -> {
              var drop = unwanted.test(row.offset());
              if (drop) {
                room.remove(row);
              }
              return drop;
            });
  }

  void clear() {
    dropIf(any -> true);
  }
}
