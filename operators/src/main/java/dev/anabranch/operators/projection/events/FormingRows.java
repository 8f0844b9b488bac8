package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogRow;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows that a lane has taken and not given to its worker, in their order.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class FormingRows {

  private final List<LogRow> rows = new ArrayList<>();
  private final RowRoom room;

  FormingRows(RowRoom room) {
    this.room = room;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  int size() {
    return rows.size();
  }

  boolean isFull() {
    return room.isFull();
  }

  void add(LogRow row) {
    rows.add(row);
    room.add(row);
  }

  /** Takes the first ones. */
  List<LogRow> take(int max) {
    var part = rows.subList(0, Math.min(rows.size(), max));
    var taken = List.copyOf(part);
    part.clear();
    taken.forEach(room::remove);
    return taken;
  }

  void dropShard(int shard) {
    rows.removeIf(
        row -> {
          var drop = row.shard() == shard;
          if (drop) {
            room.remove(row);
          }
          return drop;
        });
  }

  void clear() {
    rows.forEach(room::remove);
    rows.clear();
  }
}
