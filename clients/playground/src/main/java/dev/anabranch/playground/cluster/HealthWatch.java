package dev.anabranch.playground.cluster;

import java.time.Duration;

/**
 * Judges a job that was just started by what is seen of it, look by look.
 *
 * <p>Healthy is one whose tasks have all run for a while without a failure and that has completed a
 * checkpoint since. A job that restarts for ever is given up after a few failures, long before
 * anybody's patience ends: one failure may be the fence of the job before it, or a server that was
 * slow; the third one is the job's own.
 *
 * <p><b>Threads.</b> For one.
 */
final class HealthWatch {

  /** A job that has failed so often since it was started does not get healthy. */
  static final int FAILURES_GIVEN_UP = 3;

  /** What is known so far. */
  enum Verdict {
    UNDECIDED,
    HEALTHY,
    FAILING
  }

  private final long steadyNanos;

  // -- Since when, and from which checkpoint on, it has run without a failure.
  private boolean steady;
  private long steadySinceNanos;
  private long failuresBefore;
  private long checkpointsBefore;

  /**
   * @param steady how long all tasks must have run; zero: it is enough that they run
   */
  HealthWatch(Duration steady) {
    this.steadyNanos = steady.toNanos();
  }

  /**
   * @param nowNanos of a clock that only goes on
   */
  Verdict look(FlinkRest.Health health, long nowNanos) {
    if (health.isOver() || health.failures() >= FAILURES_GIVEN_UP) {
      return Verdict.FAILING;
    }
    if (health.failures() != failuresBefore) {
      failuresBefore = health.failures();
      checkpointsBefore = health.completedCheckpoints();
      steady = false;
    }
    if (!health.running()) {
      steady = false;
      return Verdict.UNDECIDED;
    }
    if (!steady) {
      steady = true;
      steadySinceNanos = nowNanos;
    }
    return nowNanos - steadySinceNanos >= steadyNanos
            && health.completedCheckpoints() > checkpointsBefore
        ? Verdict.HEALTHY
        : Verdict.UNDECIDED;
  }
}
