package dev.anabranch.simulation.time;

import dev.anabranch.operators.task.TaskThreads;

/** A place to wait at in virtual time. */
public final class VirtualSignal implements TaskThreads.Signal {

  private final Scheduler scheduler;
  private boolean isRaised;

  public VirtualSignal(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  boolean isRaised() {
    return isRaised;
  }

  @Override
  public void await(long nanos) throws InterruptedException {
    scheduler.await(this, nanos);
    isRaised = false;
  }

  @Override
  public void raise() {
    isRaised = true;
  }
}
