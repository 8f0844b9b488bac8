package dev.anabranch.client;

import org.jspecify.annotations.Nullable;

/** A command whose future could not complete as asked: no reply, or not even sent. */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String commandId;

  /** Why. */
  public enum Reason {
    /** For too long as many commands were under way as may be. Nothing was sent. */
    TOO_MANY_IN_FLIGHT(false),
    /** Kafka did not take it: nothing of any attempt left this client. */
    NOT_SENT(false),
    /** Kafka has not acknowledged it and can't be asked again; it may have it. */
    NOT_ACKNOWLEDGED(true),
    /** No reply came in time. */
    TIMED_OUT(true),
    /** The reply was not readable. */
    UNREADABLE_REPLY(true),
    /** The client was closed before the reply came. */
    CLOSED(true);

    private final boolean outcomeUnknown;

    Reason(boolean outcomeUnknown) {
      this.outcomeUnknown = outcomeUnknown;
    }
  }

  CommandFailedException(
      Reason reason, String commandId, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.commandId = commandId;
  }

  public Reason reason() {
    return reason;
  }

  public String commandId() {
    return commandId;
  }

  /**
   * Whether the command may have taken effect. Either way it is safe to send again with the same
   * id.
   */
  public boolean isOutcomeUnknown() {
    return reason.outcomeUnknown;
  }
}
