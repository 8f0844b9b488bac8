package dev.anabranch.playground.traffic;

/**
 * How fast to send while the JVM still compiles: faster as long as answers come soon, slower when
 * they don't. A fixed rate from the first second on would measure the compiler.
 *
 * <p><b>Threads.</b> For one thread.
 */
final class Climb {

  /** An answer comes soon if the median of its interval is at most this. */
  static final long SOON_MICROS = 40_000;

  private static final int FIRST_RATE = 20;
  private static final double FASTER = 1.5;
  private static final double SLOWER = 0.6;

  /** So many intervals in a row with answers that come soon, at a rate that says something. */
  private static final int WARM_INTERVALS = 4;

  private static final int WARM_RATE = 50;

  private final int most;
  private int perSecond;
  private int soonInARow;

  /**
   * @param most commands per second, which the climb never exceeds
   */
  Climb(int most) {
    this.most = most;
    this.perSecond = Math.min(FIRST_RATE, most);
  }

  int perSecond() {
    return perSecond;
  }

  /** Whether latencies tell something about Anabranch. */
  boolean isWarm() {
    return soonInARow >= WARM_INTERVALS && perSecond >= Math.min(WARM_RATE, most);
  }

  /**
   * Takes what came of an interval.
   *
   * @param answers that came in it; none: nothing is known, so the rate falls
   * @param p50Micros of these answers
   */
  void interval(long answers, long p50Micros) {
    if (answers > 0 && p50Micros <= SOON_MICROS) {
      soonInARow++;
      perSecond = Math.min(most, (int) Math.ceil(perSecond * FASTER));
    } else {
      soonInARow = 0;
      perSecond = Math.max(Math.min(FIRST_RATE, most), (int) (perSecond * SLOWER));
    }
  }
}
