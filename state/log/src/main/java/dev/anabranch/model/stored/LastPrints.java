package dev.anabranch.model.stored;

import dev.anabranch.model.LogRow;

/**
 * Fingerprints of the last rows that a reader has taken of a shard, so that a row which comes again
 * is not dropped unseen: another row under the same offset means that the log was forked.
 *
 * <p><b>Bounds.</b> {@value #KEPT} rows, 16 bytes each.
 *
 * <p><b>Threads.</b> One.
 */
public final class LastPrints {

  public static final int KEPT = 256;

  private static final int SMALLEST = 8;

  private long[] offsets = new long[0];
  private long[] prints = new long[0];

  /** How a row compares with the one that was taken at its offset. */
  public enum Verdict {
    SAME,
    /** It is another row. */
    OTHER,
    /** That was too long ago, or before this reader began. */
    UNKNOWN
  }

  /** Takes note of a row; offsets grow. */
  public void took(LogRow row) {
    if (offsets.length < KEPT && row.offset() >= offsets.length) {
      grow(row.offset());
    }
    var slot = slot(row.offset());
    offsets[slot] = row.offset() + 1;
    prints[slot] = print(row);
  }

  public Verdict compare(LogRow row) {
    if (offsets.length == 0) {
      return Verdict.UNKNOWN;
    }
    var slot = slot(row.offset());
    if (offsets[slot] != row.offset() + 1) {
      return Verdict.UNKNOWN;
    }
    return prints[slot] == print(row) ? Verdict.SAME : Verdict.OTHER;
  }

  private int slot(long offset) {
    return (int) (offset % offsets.length);
  }

  /** Most shards of a small region have few rows. */
  private void grow(long offset) {
    var size = offsets.length == 0 ? SMALLEST : offsets.length;
    while (size < KEPT && offset >= size) {
      size *= 2;
    }
    if (size == offsets.length) {
      return;
    }
    var before = offsets;
    var printsBefore = prints;
    offsets = new long[size];
    prints = new long[size];
    for (var i = 0; i < before.length; i++) {
      if (before[i] > 0) {
        var slot = slot(before[i] - 1);
        offsets[slot] = before[i];
        prints[slot] = printsBefore[i];
      }
    }
  }

  private static long print(LogRow row) {
    var stamp = row.outcome().stamp();
    return stamp.writer() * 0x9E3779B97F4A7C15L ^ stamp.hlc();
  }
}
