package dev.anabranch.store;

/**
 * The databases are not those of the configured region; the message says what differs and the
 * remedy.
 */
public final class StoreLayoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreLayoutException(String message) {
    super(message);
  }
}
