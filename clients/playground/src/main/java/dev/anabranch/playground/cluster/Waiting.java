package dev.anabranch.playground.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what can be observed, for a limited time. */
final class Waiting {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Waiting() {}

  static void pause() {
    LockSupport.parkNanos(PAUSE_NANOS);
    if (Thread.currentThread().isInterrupted()) {
      throw new ClusterException("interrupted");
    }
  }

  /** Whether it came true in time. */
  static boolean until(Duration timeout, BooleanSupplier condition) {
    var deadline = System.nanoTime() + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause();
    }
    return true;
  }

  static void require(Duration timeout, BooleanSupplier condition, Supplier<String> otherwise) {
    if (!until(timeout, condition)) {
      throw new ClusterException(otherwise.get() + " within " + timeout.toSeconds() + " s");
    }
  }
}
