package dev.anabranch.simulation.job;

import dev.anabranch.simulation.time.Scheduler;
import dev.anabranch.simulation.time.VirtualSignal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.util.WrappingRuntimeException;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** The mailbox of one subtask's operator; its thread waits at one signal for all that may come. */
final class SimulatedMailbox implements MailboxExecutor {

  private final Scheduler time;
  private final VirtualSignal arrived;
  private final Queue<ThrowingRunnable<? extends Exception>> mails = new ArrayDeque<>();
  private boolean isClosed;
  private boolean isCancelled;

  SimulatedMailbox(Scheduler time) {
    this.time = time;
    this.arrived = new VirtualSignal(time);
  }

  /** Something is there for the task: a mail, a record, a barrier. */
  void wake() {
    arrived.raise();
  }

  void await() throws InterruptedException {
    arrived.await(Long.MAX_VALUE);
    requireWanted();
  }

  void cancel() {
    isCancelled = true;
    wake();
  }

  void requireWanted() {
    if (isCancelled) {
      throw new CancelTaskException();
    }
  }

  void close() {
    isClosed = true;
    mails.clear();
  }

  boolean isEmpty() {
    return mails.isEmpty();
  }

  @Override
  public void execute(
      MailOptions options,
      ThrowingRunnable<? extends Exception> mail,
      String description,
      @Nullable Object... args) {
    if (isClosed) {
      throw new RejectedExecutionException("the task is closing");
    }
    mails.add(mail);
    wake();
    time.maybeYield();
  }

  @Override
  public void yield() throws InterruptedException {
    while (!tryYield()) {
      await();
    }
  }

  @Override
  public boolean tryYield() {
    requireWanted();
    var mail = mails.poll();
    if (mail == null) {
      return false;
    }
    try {
      mail.run();
    } catch (Exception e) {
      throw WrappingRuntimeException.wrapIfNecessary(e);
    }
    return true;
  }

  @Override
  public boolean shouldInterrupt() {
    return !mails.isEmpty();
  }
}
