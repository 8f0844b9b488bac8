package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogRow;

/**
 * How many rows there may be of something, and how large they may be all together: one row has room
 * however large it is.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class RowRoom {

  private final int maxRows;
  private final long maxBytes;
  private int rows;
  private long bytes;

  RowRoom(int maxRows, long maxBytes) {
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  boolean isFull() {
    return rows >= maxRows || bytes >= maxBytes;
  }

  void add(LogRow row) {
    rows++;
    bytes += sizeOf(row);
  }

  void remove(LogRow row) {
    rows--;
    bytes -= sizeOf(row);
  }

  static long sizeOf(LogRow row) {
    return row.outcome().blobs().size();
  }
}
