package dev.anabranch.jobs.region;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a region's tasks are to fail next. Tasks run in this JVM and find it by the region's name,
 * since what travels with the job graph is copied.
 */
final class Crashes {

  private static final Map<String, Crashes> BY_REGION = new ConcurrentHashMap<>();

  private final Map<CrashPoint, AtomicInteger> countdowns = new EnumMap<>(CrashPoint.class);
  private final AtomicLong happened = new AtomicLong();

  private Crashes() {
    for (var point : CrashPoint.values()) {
      countdowns.put(point, new AtomicInteger());
    }
  }

  static Crashes of(String region) {
    return BY_REGION.computeIfAbsent(region, name -> new Crashes());
  }

  static void forget(String region) {
    BY_REGION.remove(region);
  }

  /** Lets the task fail that passes the point as the n-th from here on. */
  void arm(CrashPoint point, int nth) {
    countdown(point).set(nth);
  }

  /** Called by a task that is at the point. */
  void pass(CrashPoint point) {
    var countdown = countdown(point);
    if (countdown.get() > 0 && countdown.decrementAndGet() == 0) {
      happened.incrementAndGet();
      throw new InducedFailure(point);
    }
  }

  long happened() {
    return happened.get();
  }

  private AtomicInteger countdown(CrashPoint point) {
    var countdown = countdowns.get(point);
    if (countdown == null) {
      throw new IllegalStateException("no countdown for " + point);
    }
    return countdown;
  }

  /** What fails the task. */
  static final class InducedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InducedFailure(CrashPoint point) {
      super("induced failure " + point);
    }
  }
}
