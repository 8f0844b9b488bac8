package dev.anabranch.query;

import java.util.HashMap;
import java.util.Map;

/**
 * A place in the topic of views has no record, and is not the end either: records were deleted, or
 * the topic is another one than before. Looking at what the topic is now says which.
 */
public final class PositionGoneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final HashMap<Integer, Long> otherFrom;

  public PositionGoneException(String message, Throwable cause) {
    this(message, Map.of(), cause);
  }

  /**
   * @param otherFrom partitions that lost their end, and from which offset on they have other
   *     records than those that were read
   */
  public PositionGoneException(String message, Map<Integer, Long> otherFrom, Throwable cause) {
    super(message, cause);
    this.otherFrom = new HashMap<>(otherFrom);
  }

  /** By partition that lost its end, the offset of its first record that is another one. */
  public Map<Integer, Long> otherFrom() {
    return Map.copyOf(otherFrom);
  }
}
