package dev.anabranch.operators.command;

/**
 * Another writer appended to a shard of this task: the task restarts, reads what was appended, and
 * goes on from there.
 */
public final class FencedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FencedException(String message) {
    super(message);
  }
}
