package dev.anabranch.wire.blob;

import org.jspecify.annotations.Nullable;

/** Bytes that are not what their format says: the message names the field and the remedy. */
public final class WireFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WireFormatException(String message) {
    super(message);
  }

  public WireFormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
