package dev.anabranch.model.message;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Outcome;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A well-formed command: who it is for, and its still encoded payload.
 *
 * @param commandId idempotency key within the aggregate, 1 to 64 bytes of UTF-8
 * @param expectedVersion version the sender decided on; {@link #ANY_VERSION}: not checked
 * @param expectedRevision revision the sender decided on, as a reply carried it; null: not checked
 * @param buildsOn live branch that the sender decided on, of several; null: on all of them
 * @param metadata headers carried to the outcome and its events, by name
 */
public record CommandEnvelope(
    AggregateKey aggregate,
    String commandId,
    EncodedMessage command,
    long expectedVersion,
    @Nullable VectorTime expectedRevision,
    @Nullable Dot buildsOn,
    Map<String, String> metadata,
    ReplyTarget replyTarget) {

  public static final long ANY_VERSION = -1;

  /**
   * @throws IllegalArgumentException naming the field that breaks a limit
   */
  public CommandEnvelope {
    checkCommandId(commandId);
    if (expectedVersion < ANY_VERSION) {
      throw new IllegalArgumentException(
          "expected version must be 0 or more, is " + expectedVersion);
    }
    if (expectedVersion != ANY_VERSION && expectedRevision != null) {
      throw new IllegalArgumentException(
          "a command expects a version or a revision, not both; leave one out");
    }
    metadata = Map.copyOf(metadata);
  }

  /** A command that names no version to build on. */
  public CommandEnvelope(
      AggregateKey aggregate,
      String commandId,
      EncodedMessage command,
      long expectedVersion,
      @Nullable VectorTime expectedRevision,
      Map<String, String> metadata,
      ReplyTarget replyTarget) {
    this(
        aggregate,
        commandId,
        command,
        expectedVersion,
        expectedRevision,
        null,
        metadata,
        replyTarget);
  }

  /** A command that expects no revision. */
  public CommandEnvelope(
      AggregateKey aggregate,
      String commandId,
      EncodedMessage command,
      long expectedVersion,
      Map<String, String> metadata,
      ReplyTarget replyTarget) {
    this(aggregate, commandId, command, expectedVersion, null, null, metadata, replyTarget);
  }

  /**
   * Checks a command id.
   *
   * @throws IllegalArgumentException if the id is empty, too long or no valid Unicode
   */
  public static void checkCommandId(String commandId) {
    AggregateKey.checkUtf8("command id", commandId, Outcome.MAX_COMMAND_ID_BYTES);
  }
}
