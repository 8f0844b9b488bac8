package dev.anabranch.operators.projection.version;

import dev.anabranch.query.ViewLog;

/**
 * Where the reading of a partition of views goes on, and what is to be said about it.
 *
 * @param before the position that was stored
 * @param offset where reading goes on
 */
public record ViewPlace(int partition, long before, long offset, Change change) {

  /** What the topic is, compared with when the position was stored. */
  public enum Change {
    NONE,
    /** It was deleted and made again: everything in it is unread. */
    MADE_ANEW,
    /** It ends below the position: others may have taken the offsets of the records it lost. */
    CUT_SHORT,
    /** Records behind the position were deleted unread. */
    EXPIRED
  }

  /**
   * Compares.
   *
   * @param noted id of the topic in which the position was taken; empty: not known
   * @param now id of the topic; empty: not known
   */
  public static ViewPlace of(
      int partition, long position, String noted, String now, ViewLog.Range range) {
    if (!noted.isEmpty() && !now.isEmpty() && !noted.equals(now)) {
      return new ViewPlace(
          partition, position, range.start(), position > 0 ? Change.MADE_ANEW : Change.NONE);
    }
    if (position > range.end()) {
      return new ViewPlace(partition, position, range.start(), Change.CUT_SHORT);
    }
    if (position >= range.start()) {
      return new ViewPlace(partition, position, position, Change.NONE);
    }
    // A version that has not begun takes what there is: no record behind its position is missed.
    var begun = position > 0 || !noted.isEmpty();
    return new ViewPlace(partition, position, range.start(), begun ? Change.EXPIRED : Change.NONE);
  }

  /** How many offsets are passed over. */
  public long passedOver() {
    return change == Change.EXPIRED ? offset - before : 0;
  }
}
