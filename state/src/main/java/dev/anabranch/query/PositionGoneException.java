package dev.anabranch.query;

/**
 * A place in the topic of views has no record, and is not the end either: records were deleted, or
 * the topic is another one than before. Looking at what the topic is now says which.
 */
public final class PositionGoneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PositionGoneException(String message, Throwable cause) {
    super(message, cause);
  }
}
