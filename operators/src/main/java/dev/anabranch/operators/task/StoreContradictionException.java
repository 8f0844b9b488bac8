package dev.anabranch.operators.task;

/**
 * The store is not what the checkpoint says it is: another store, or one that lost acknowledged
 * rows. Going on would fork the log; an operator has to decide.
 */
public sealed class StoreContradictionException extends RuntimeException permits LostRowsException {
  private static final long serialVersionUID = 1L;

  public StoreContradictionException(String message) {
    super(message);
  }
}
