package dev.anabranch.simulation.time;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread of the simulation; it runs only while the {@link Scheduler} lets it. */
final class Strand {

  private final String name;
  private final SimulatedMachine machine;
  private final VirtualSignal ended;

  private volatile boolean mayGo;
  private volatile @Nullable Thread carrier;

  // -- Touched by whoever runs, and only one does.
  private @Nullable VirtualSignal waitsFor;
  private long wakeAt;
  private boolean isWaiting;
  private boolean isInterrupted;
  private boolean isDone;

  Strand(String name, SimulatedMachine machine, Scheduler scheduler) {
    this.name = name;
    this.machine = machine;
    this.ended = new VirtualSignal(scheduler);
  }

  String name() {
    return name;
  }

  SimulatedMachine machine() {
    return machine;
  }

  VirtualSignal ended() {
    return ended;
  }

  boolean isDone() {
    return isDone;
  }

  void done() {
    isDone = true;
    ended.raise();
  }

  void waits(@Nullable VirtualSignal signal, long until) {
    isWaiting = true;
    waitsFor = signal;
    wakeAt = until;
  }

  void waitsNoMore() {
    isWaiting = false;
    waitsFor = null;
  }

  boolean isReady(long now) {
    return !isWaiting
        || wakeAt <= now
        || machine.isDead()
        || (waitsFor != null && (isInterrupted || waitsFor.isRaised()));
  }

  /** When time alone makes it ready. */
  long wakeAt() {
    return wakeAt;
  }

  void interrupt() {
    isInterrupted = true;
  }

  void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted() || isInterrupted) {
      isInterrupted = false;
      throw new InterruptedException("interrupted");
    }
  }

  /** Lets the strand run; whoever calls it stops at {@link #stop} at once. */
  void go() {
    mayGo = true;
    var thread = carrier;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Waits until the strand may run. */
  void stop() {
    carrier = Thread.currentThread();
    while (!mayGo) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        isInterrupted = true;
      }
    }
    mayGo = false;
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
