package dev.anabranch.causality;

/**
 * A hybrid logical clock: the wall clock in milliseconds, and a counter that keeps it growing when
 * the wall clock stands still or runs backwards. A value is one long, {@code millis << 16 |
 * counter}, so that comparing values compares times.
 *
 * <p><b>Bounds.</b> Positive until the year 6429. A full counter carries over into the
 * milliseconds; it never wraps.
 */
public final class HybridLogicalClock {

  public static final int MAX_COUNTER = 0xffff;
  public static final long MAX_MILLIS = Long.MAX_VALUE >>> Short.SIZE;

  private HybridLogicalClock() {}

  /**
   * The clock's next value: later than {@code last}, and not before {@code nowMillis}.
   *
   * @param last greatest value seen so far, own or received; 0 for none
   */
  public static long tick(long nowMillis, long last) {
    if (last == Long.MAX_VALUE) {
      throw new IllegalArgumentException("the hybrid logical clock is at its end; it can't tick");
    }
    return Math.max(of(Math.max(nowMillis, 0), 0), last + 1);
  }

  public static long of(long millis, int counter) {
    if (millis < 0 || millis > MAX_MILLIS || counter < 0 || counter > MAX_COUNTER) {
      throw new IllegalArgumentException(
          "no hybrid logical time: " + millis + " ms with counter " + counter);
    }
    return millis << Short.SIZE | counter;
  }

  /** Milliseconds since the epoch. */
  public static long millis(long hlc) {
    return hlc >>> Short.SIZE;
  }

  public static int counter(long hlc) {
    return (int) (hlc & MAX_COUNTER);
  }
}
