package dev.anabranch.operators.task;

import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;

/** Runs actions on the task's thread, in order. Any thread may post. */
public interface TaskMailbox {

  /** An exception that the action throws fails the task. Dropped if the task is closing. */
  void post(String description, Action action);

  /** An action on the task's thread. */
  interface Action {
    void run() throws Exception;
  }

  /** The mailbox of a Flink task. */
  static TaskMailbox of(MailboxExecutor executor) {
    return (description, action) -> {
      try {
        executor.execute(action::run, description);
      } catch (RejectedExecutionException closing) {
        // The task is closing: the next start finds in the databases what the action would have
        // done.
      }
    };
  }
}
