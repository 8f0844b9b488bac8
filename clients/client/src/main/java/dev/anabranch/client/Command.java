package dev.anabranch.client;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.ReplyTarget;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command to send. Sending one twice, also after a failure and from another process, gives one
 * outcome, as long as the id is the same.
 *
 * @param commandId idempotency key within the aggregate, 1 to 64 bytes of UTF-8
 * @param contentType MIME type of the payload
 * @param expectedVersion version of the aggregate that the sender decided on; {@link
 *     CommandEnvelope#ANY_VERSION}: not checked
 * @param expectedRevision revision of the aggregate, as a reply or a view carried it, that the
 *     sender decided on; null: not checked
 * @param buildsOn the live branch that the sender decided on, where several regions changed the
 *     aggregate at once; null: none is named
 * @param metadata headers carried to the outcome and its events: {@code traceparent}, {@code
 *     tracestate}, {@code baggage} and any {@code meta-...}
 */
public record Command(
    AggregateKey aggregate,
    String commandId,
    EncodedMessage payload,
    String contentType,
    long expectedVersion,
    @Nullable VectorTime expectedRevision,
    @Nullable Dot buildsOn,
    Map<String, String> metadata) {

  public Command {
    metadata = Map.copyOf(metadata);
  }

  /** A command that expects no revision and names no version to build on. */
  public Command(
      AggregateKey aggregate,
      String commandId,
      EncodedMessage payload,
      String contentType,
      long expectedVersion,
      Map<String, String> metadata) {
    this(aggregate, commandId, payload, contentType, expectedVersion, null, null, metadata);
  }

  /** A command with a new id. */
  public static Command of(AggregateKey aggregate, EncodedMessage payload, String contentType) {
    return new Command(
        aggregate, CommandIds.next(), payload, contentType, CommandEnvelope.ANY_VERSION, Map.of());
  }

  /** A command object of a registered type, with a new id. */
  public static <C> Command of(AggregateType<?, C, ?> type, String aggregateId, C command) {
    var codec = type.commandCodec();
    return of(
        new AggregateKey(type.name(), aggregateId), codec.encode(command), codec.contentType());
  }

  public Command withCommandId(String id) {
    return new Command(
        aggregate, id, payload, contentType, expectedVersion, expectedRevision, buildsOn, metadata);
  }

  public Command withExpectedVersion(long version) {
    return new Command(
        aggregate, commandId, payload, contentType, version, expectedRevision, buildsOn, metadata);
  }

  /** Rejected unless the aggregate is as this revision says: for types that regions share. */
  public Command withExpectedRevision(VectorTime revision) {
    return new Command(
        aggregate, commandId, payload, contentType, expectedVersion, revision, buildsOn, metadata);
  }

  /** Decided on this one of several live branches, though the conflict is open. */
  public Command buildingOn(Dot version) {
    return new Command(
        aggregate,
        commandId,
        payload,
        contentType,
        expectedVersion,
        expectedRevision,
        version,
        metadata);
  }

  public Command withMetadata(Map<String, String> headers) {
    return new Command(
        aggregate,
        commandId,
        payload,
        contentType,
        expectedVersion,
        expectedRevision,
        buildsOn,
        headers);
  }

  CommandEnvelope withReplyTo(ReplyTarget target) {
    return new CommandEnvelope(
        aggregate,
        commandId,
        payload,
        expectedVersion,
        expectedRevision,
        buildsOn,
        metadata,
        target);
  }
}
