package dev.anabranch.store;

import org.jspecify.annotations.Nullable;

/** The database can't be reached or does not answer in time; the call may be repeated later. */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
