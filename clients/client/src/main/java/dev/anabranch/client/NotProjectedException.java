package dev.anabranch.client;

import dev.anabranch.model.message.CommandReply;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables of a projection do not reflect a command yet, or could not be asked. */
public final class NotProjectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable CommandReply reply;
  private final long commitsBehind;
  private final double secondsBehind;

  NotProjectedException(
      String message,
      @Nullable CommandReply reply,
      long commitsBehind,
      double secondsBehind,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reply = reply;
    this.commitsBehind = commitsBehind;
    this.secondsBehind = secondsBehind;
  }

  /** The reply to the command, if it was sent with the level {@code projected}. */
  public Optional<CommandReply> reply() {
    return Optional.ofNullable(reply);
  }

  /**
   * Rows of the command's shard that the projection has yet to take, the command's own included; -1
   * if that is not known.
   */
  public long commitsBehind() {
    return commitsBehind;
  }

  /** Age of the last row that it has taken of the shard; -1 if that is not known. */
  public double secondsBehind() {
    return secondsBehind;
  }
}
