package dev.anabranch.playground.traffic;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting, for a time or for something to become true. */
public final class Pause {

  private static final Duration POLL = Duration.ofMillis(20);

  private Pause() {}

  /** Shorter if the thread is interrupted, which stays visible. */
  public static void millis(long millis) {
    var end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    var left = end - System.nanoTime();
    while (left > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
      left = end - System.nanoTime();
    }
  }

  /**
   * @throws IllegalStateException if it does not become true in time, or the thread is interrupted
   */
  public static void until(String what, Duration timeout, BooleanSupplier condition) {
    var end = System.nanoTime() + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting: " + what);
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("waited " + timeout.toSeconds() + " s in vain: " + what);
      }
      millis(POLL.toMillis());
    }
  }
}
