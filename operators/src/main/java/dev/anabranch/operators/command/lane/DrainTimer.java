package dev.anabranch.operators.command.lane;

import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;

/**
 * Makes sure that a task that waits for mails gets one when its time is up.
 *
 * <p><b>Bounds.</b> One thread; a checkpoint asks once, and is woken at most the drain timeout
 * later.
 */
public final class DrainTimer implements AutoCloseable {

  private final TaskMailbox mailbox;
  private final TaskThreads threads;
  private final Worker<Long> thread;
  private boolean started;

  public DrainTimer(TaskMailbox mailbox, TaskThreads threads) {
    this.mailbox = mailbox;
    this.threads = threads;
    this.thread =
        new Worker<>("anabranch-drain-timer", threads, mailbox, Worker.Settings.unbounded());
  }

  /** Sends a mail at this time, which is not before those of earlier calls. */
  public void wakeAt(long nanos) {
    thread.submit(nanos);
    if (!started) {
      started = true;
      thread.start(this::wake);
    }
  }

  private void wake(long nanos) throws InterruptedException {
    thread.pause(nanos - threads.nanoTime() + 1);
    mailbox.post("drain timeout", () -> {});
  }

  @Override
  public void close() {
    thread.abandon();
  }
}
