package dev.anabranch.simulation.time;

import dev.anabranch.operators.task.TaskThreads;
import java.util.function.LongSupplier;

/**
 * Threads and time of what runs on one {@link SimulatedMachine}.
 *
 * <p>It does not travel: the operator's factory takes it where the task is made.
 */
@SuppressWarnings("serial") // never serialized
public final class VirtualThreads implements TaskThreads {

  private static final long serialVersionUID = 1L;

  /** The time of day when a run begins: 2026-01-01. */
  public static final long EPOCH_MICROS = 1_767_225_600_000_000L;

  private final Scheduler scheduler;
  private final SimulatedMachine machine;
  private final LongSupplier ids;

  /**
   * Threads of a machine.
   *
   * @param ids gives numbers that nobody else has
   */
  public VirtualThreads(Scheduler scheduler, SimulatedMachine machine, LongSupplier ids) {
    this.scheduler = scheduler;
    this.machine = machine;
    this.ids = ids;
  }

  @Override
  public Running start(String name, Runnable body) {
    var strand = scheduler.start(name, machine, body);
    return new Running() {
      @Override
      public void interrupt() {
        strand.interrupt();
      }

      @Override
      public void join(long nanos) throws InterruptedException {
        var until = scheduler.nanos() + nanos;
        while (!strand.isDone() && scheduler.nanos() < until) {
          strand.ended().await(until - scheduler.nanos());
        }
      }
    };
  }

  @Override
  public long nanoTime() {
    return scheduler.nanos();
  }

  @Override
  public long nowMicros() {
    return EPOCH_MICROS + scheduler.nanos() / 1_000 + machine.clockMicros();
  }

  @Override
  public long newId() {
    return ids.getAsLong();
  }

  @Override
  public Signal signal() {
    return new VirtualSignal(scheduler);
  }
}
