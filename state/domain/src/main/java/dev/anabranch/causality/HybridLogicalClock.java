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

  /**
   * What a clock says about a value of another region.
   *
   * @param last greatest value seen so far; unchanged if the value is quarantined
   * @param aheadMillis how far the value is ahead of the wall clock; 0 or less: not at all
   */
  public record Received(long last, boolean quarantined, long aheadMillis) {}

  /**
   * Takes in a value of another region, so that all later ticks are after it, unless it is too far
   * ahead of the wall clock: one bad clock must not drag all regions along. What is quarantined is
   * held and asked about again later; it is never dropped.
   *
   * @param last greatest value seen so far, own or received; 0 for none
   * @param maxSkewMillis greatest lead over the wall clock that is accepted
   */
  public static Received receive(long nowMillis, long last, long remote, long maxSkewMillis) {
    if (remote < 0 || maxSkewMillis < 0) {
      throw new IllegalArgumentException(
          "no hybrid logical time " + remote + " or clock-skew limit " + maxSkewMillis);
    }
    var ahead = millis(remote) - Math.max(nowMillis, 0);
    return ahead > maxSkewMillis
        ? new Received(last, true, ahead)
        : new Received(Math.max(last, remote), false, ahead);
  }

  /**
   * The greatest value seen, after a restart: never behind the past, whatever the wall clock says.
   *
   * @param persisted greatest value that was stored
   */
  public static long restore(long persisted, long nowMillis) {
    return Math.max(persisted, of(Math.min(Math.max(nowMillis, 0), MAX_MILLIS), 0));
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
