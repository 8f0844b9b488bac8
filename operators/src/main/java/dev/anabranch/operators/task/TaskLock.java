package dev.anabranch.operators.task;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A lock whose waiting threads wait as all do beside a task. It is not reentrant.
 *
 * <p><b>Failure.</b> An interruption ends the wait.
 *
 * <p><b>Threads.</b> Any number; whoever has locked it unlocks it.
 */
public final class TaskLock {

  /** Whoever unlocks raises a signal; this is for one that was missed. */
  private static final long LOOK_NANOS = 1_000_000_000;

  private final TaskThreads threads;

  /** Guarded by this, as the rest. */
  private final Queue<TaskThreads.Signal> waiting = new ArrayDeque<>();

  private boolean locked;

  public TaskLock(TaskThreads threads) {
    this.threads = threads;
  }

  public void lock() throws InterruptedException {
    var signal = threads.signal();
    try {
      while (!take(signal)) {
        signal.await(LOOK_NANOS);
      }
    } finally {
      leave(signal);
    }
  }

  public void unlock() {
    TaskThreads.Signal next;
    synchronized (this) {
      locked = false;
      next = waiting.peek();
    }
    if (next != null) {
      next.raise();
    }
  }

  private synchronized boolean take(TaskThreads.Signal signal) {
    if (locked) {
      if (!waiting.contains(signal)) {
        waiting.add(signal);
      }
      return false;
    }
    locked = true;
    return true;
  }

  /** One that was interrupted may have been the one that was told. */
  private void leave(TaskThreads.Signal signal) {
    TaskThreads.Signal next;
    synchronized (this) {
      waiting.remove(signal);
      next = locked ? null : waiting.peek();
    }
    if (next != null) {
      next.raise();
    }
  }
}
