package dev.anabranch.model.stored;

import java.util.List;

/**
 * How far one shard of a peer's log has come, as the cross-region job keeps it.
 *
 * @param next the offset behind all rows that came
 * @param missing rows before it that did not come, in order
 * @param lookAtMillis when to look at what is missing, by the wall clock; 0: never
 * @param looks how often that was done in vain
 * @param missingThen rows that were missing at the last look
 */
public record LogProgress(
    long next, List<Range> missing, long lookAtMillis, int looks, long missingThen) {

  /**
   * Rows that have not come.
   *
   * @param from offset of the first one
   * @param to the offset behind the last one
   */
  public record Range(long from, long to) {
    public Range {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException("there are no rows from " + from + " to before " + to);
      }
    }

    public long rows() {
      return to - from;
    }
  }

  public LogProgress {
    missing = List.copyOf(missing);
  }
}
