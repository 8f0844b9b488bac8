package dev.anabranch.wire;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.Utf8;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Commands as records: a CloudEvent in binary mode, its key {@code type/id} of the aggregate, its
 * value the encoded command.
 *
 * <p><b>Failure.</b> Nothing here throws for what a sender may have written: {@link #decode} says
 * what is wrong, and salvages the reply target, so that the sender can be told.
 */
public final class CommandWire {

  /** A required header is missing. */
  public static final String MISSING_HEADER = "missing-header";

  /** A header's value is not what it must be, or it occurs twice. */
  public static final String MALFORMED_HEADER = "malformed-header";

  /** Key and headers name different aggregates. */
  public static final String KEY_MISMATCH = "key-mismatch";

  /** The record has no value. */
  public static final String NO_PAYLOAD = "no-payload";

  /** More metadata than a row may carry. */
  public static final String METADATA_TOO_LARGE = "metadata-too-large";

  public static final int MAX_CORRELATION_ID_BYTES = 1024;

  private CommandWire() {}

  /** What became of a record. */
  public sealed interface Decoded {}

  /** A command that may be decided. */
  public record WellFormed(CommandEnvelope command) implements Decoded {}

  /**
   * A record that is no command.
   *
   * @param code one of the constants of this class
   * @param message names the header and the remedy
   * @param commandId null: none could be read
   * @param aggregate null: none could be read
   */
  public record Malformed(
      String code,
      String message,
      @Nullable String commandId,
      @Nullable AggregateKey aggregate,
      ReplyTarget target)
      implements Decoded {}

  /**
   * The command as a record.
   *
   * @param contentType of the encoded command
   * @param source URI reference of the sender, CloudEvents' {@code source}
   * @throws IllegalArgumentException if the metadata exceeds a limit or a name is no metadata
   *     header
   */
  public static MessageRecord encode(CommandEnvelope command, String contentType, String source) {
    MetadataBlob.encode(command.metadata()); // checks the limits
    var headers = new ArrayList<RecordHeader>(16 + command.metadata().size());
    headers.add(new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE));
    headers.add(RecordHeader.of(Headers.ID, command.commandId()));
    headers.add(RecordHeader.of(Headers.SOURCE, source));
    headers.add(RecordHeader.of(Headers.TYPE, command.command().type()));
    headers.add(RecordHeader.of(Headers.SUBJECT, command.aggregate().id()));
    headers.add(RecordHeader.of(Headers.CONTENT_TYPE, contentType));
    headers.add(RecordHeader.of(Headers.AGGREGATE_TYPE, command.aggregate().type()));
    headers.add(Headers.of(Headers.SCHEMA_VERSION, command.command().schemaVersion()));
    if (command.expectedVersion() != CommandEnvelope.ANY_VERSION) {
      headers.add(Headers.of(Headers.EXPECTED_VERSION, command.expectedVersion()));
    }
    if (command.expectedRevision() != null) {
      headers.add(RecordHeader.of(Headers.EXPECTED_REVISION, command.expectedRevision().token()));
    }
    if (command.buildsOn() != null) {
      headers.add(RecordHeader.of(Headers.BUILDS_ON, command.buildsOn().toString()));
    }
    addReplyTarget(headers, command.replyTarget());
    new TreeMap<>(command.metadata())
        .forEach(
            (name, value) -> {
              if (!Headers.isMetadata(name)) {
                throw new IllegalArgumentException(
                    "metadata "
                        + name
                        + " would not be carried; begin its name with "
                        + Headers.META_PREFIX);
              }
              headers.add(RecordHeader.of(name, value));
            });
    return new MessageRecord(
        Utf8.bytes(command.aggregate().toString()), command.command().data(), headers);
  }

  /**
   * The aggregate key by which the record is routed to its shard; empty if the headers hold no
   * valid one. Reads two headers and nothing else.
   */
  public static Optional<String> routingKey(MessageRecord message) {
    byte[] type = null;
    byte[] id = null;
    for (var header : message.headers()) {
      switch (header.name()) {
        case Headers.AGGREGATE_TYPE -> type = header.value();
        case Headers.SUBJECT -> id = header.value();
        default -> {}
      }
    }
    if (type == null || id == null) {
      return Optional.empty();
    }
    var typeText = Utf8.textOrNull(type);
    var idText = Utf8.textOrNull(id);
    if (typeText == null || idText == null || !AggregateKey.isValid(typeText, idText)) {
      return Optional.empty();
    }
    return Optional.of(typeText + '/' + idText);
  }

  /** Checks everything that can be checked without the domain. */
  public static Decoded decode(MessageRecord message) {
    return new CommandDecoder().decode(message);
  }

  /** Whether the key, if there is one, is that of the aggregate. */
  static boolean keyFits(byte @Nullable [] key, AggregateKey aggregate) {
    return keyFits(key, Utf8.bytes(aggregate.type()), Utf8.bytes(aggregate.id()));
  }

  /** Whether the key, if there is one, is {@code type/id}. */
  static boolean keyFits(byte @Nullable [] key, byte[] type, byte[] id) {
    return key == null
        || (key.length == type.length + 1 + id.length
            && key[type.length] == '/'
            && Arrays.equals(key, 0, type.length, type, 0, type.length)
            && Arrays.equals(key, type.length + 1, key.length, id, 0, id.length));
  }

  private static void addReplyTarget(List<RecordHeader> headers, ReplyTarget target) {
    if (target.topic() != null) {
      headers.add(RecordHeader.of(Headers.REPLY_TOPIC, target.topic()));
    }
    if (target.partition() != ReplyTarget.ANY_PARTITION) {
      var partition = ByteBuffer.allocate(Integer.BYTES).putInt(target.partition()).array();
      headers.add(new RecordHeader(Headers.REPLY_PARTITION, partition));
    }
    if (target.correlationId() != null) {
      headers.add(new RecordHeader(Headers.CORRELATION_ID, target.correlationId()));
    }
  }
}
