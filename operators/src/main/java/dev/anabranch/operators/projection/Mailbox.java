package dev.anabranch.operators.projection;

/** Runs actions on the task's thread, in order; called by other threads. */
interface Mailbox {

  /** An exception that the action throws fails the task. Dropped if the task is closing. */
  void post(String description, Action action);

  /** An action on the task's thread. */
  interface Action {
    void run() throws Exception;
  }
}
