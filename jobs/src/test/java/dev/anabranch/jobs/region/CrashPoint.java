package dev.anabranch.jobs.region;

/** A place on a row's way where a task can be made to fail, once. */
public enum CrashPoint {
  /** An insert is about to be sent. */
  BEFORE_APPEND,
  /**
   * The rows are durable, and the job does not know it: nothing is published, nobody is answered.
   */
  AFTER_APPEND,
  /** A row is about to be handed to the events sink; those before it were. */
  BEFORE_PUBLISH,
  /** A row was handed to the events sink, and its command is not answered. */
  BEFORE_REPLY,
  /** A command was answered, and no checkpoint knows of it. */
  AFTER_REPLY
}
