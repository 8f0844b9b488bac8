package dev.anabranch.api;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that can't be decoded, or a message that can't be encoded: says which field and what to do.
 */
public final class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CodecException(String message) {
    super(message);
  }

  public CodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
