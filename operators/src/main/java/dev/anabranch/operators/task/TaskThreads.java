package dev.anabranch.operators.task;

import java.io.Serializable;

/**
 * The threads and the time of what runs beside a task. Everything that waits, waits here; so a
 * simulation that brings its own threads decides who runs, and when.
 *
 * <p>Travels with the job graph.
 */
public interface TaskThreads extends Serializable {

  /** Threads and time of the machine. */
  TaskThreads REAL = RealThreads.INSTANCE;

  /**
   * Starts a thread.
   *
   * @param body ends soon after an interruption
   */
  Running start(String name, Runnable body);

  /** A time that never goes back, for durations. */
  long nanoTime();

  /** The time of day, in microseconds since 1970. */
  long nowMicros();

  /** Makes a number that nobody else has; never 0. */
  long newId();

  /** Makes a place for one thread to wait at. */
  Signal signal();

  /** A thread that was started. */
  interface Running {

    void interrupt();

    /** Waits until it has ended, but no longer than this. */
    void join(long nanos) throws InterruptedException;
  }

  /** Where one thread waits for another one, or for time to pass. */
  interface Signal {

    /**
     * Returns when the signal was raised since the last wait, when so much time has passed, or
     * sometimes for no reason.
     */
    void await(long nanos) throws InterruptedException;

    /** Any thread. */
    void raise();
  }
}
