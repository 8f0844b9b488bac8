package dev.anabranch.cli.send;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets one thread go on so many times a second. Lost time is not made up for beyond a tenth of a
 * second: a pause is followed by the same rate, not by a flood.
 */
public final class Pacer {

  private static final long MAX_BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final double nanosBetween;
  private double nextNanos;
  private final long start = System.nanoTime();

  /**
   * @param perSecond 0: as fast as possible
   */
  public Pacer(double perSecond) {
    this.nanosBetween = perSecond > 0 ? TimeUnit.SECONDS.toNanos(1) / perSecond : 0;
  }

  /** Returns when it is time, or when the thread is interrupted. */
  public void await() {
    if (nanosBetween == 0) {
      return;
    }
    var now = System.nanoTime() - start;
    nextNanos = Math.max(nextNanos, now - (double) MAX_BEHIND_NANOS) + nanosBetween;
    while (nextNanos > now && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos((long) (nextNanos - now));
      now = System.nanoTime() - start;
    }
  }
}
