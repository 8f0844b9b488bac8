package dev.anabranch.wire;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.Quoted;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.wire.CommandWire.Decoded;
import dev.anabranch.wire.CommandWire.Malformed;
import dev.anabranch.wire.CommandWire.WellFormed;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one command record: one pass over the headers, then the checks. The first problem found is
 * kept, and reading goes on, so that as much as possible can be told to the sender. Used once.
 */
final class CommandDecoder {

  private static final int MAX_TOPIC_LENGTH = 249;

  private byte @Nullable [] specVersion;
  private byte @Nullable [] id;
  private byte @Nullable [] source;
  private byte @Nullable [] type;
  private byte @Nullable [] subject;
  private byte @Nullable [] aggregateType;
  private byte @Nullable [] schemaVersion;
  private byte @Nullable [] expectedVersion;
  private byte @Nullable [] expectedRevision;
  private byte @Nullable [] buildsOn;
  private byte @Nullable [] replyTopic;
  private byte @Nullable [] replyPartition;
  private byte @Nullable [] correlationId;
  private @Nullable Map<String, String> metadata;
  private int metadataBytes;

  private @Nullable String problemCode;
  private @Nullable String problem;

  Decoded decode(MessageRecord message) {
    for (var header : message.headers()) {
      read(header);
    }
    checkNothingMissing();
    var aggregate = aggregate();
    var commandId = commandId();
    var commandType = commandType();
    checkSpecVersion();
    var schema = schemaVersion();
    var expected = expectedVersion();
    var revision = expectedRevision();
    var on = buildsOn();
    var target = target();
    checkValue(message);
    checkKey(message, aggregate);
    if (problem != null
        || aggregate == null
        || commandId == null
        || commandType == null
        || message.value() == null) {
      return malformed(commandId, aggregate, target);
    }
    var command = new EncodedMessage(commandType, schema, message.value());
    var carried = metadata == null ? Map.<String, String>of() : metadata;
    return new WellFormed(
        new CommandEnvelope(
            aggregate, commandId, command, expected, revision, on, carried, target));
  }

  private Malformed malformed(
      @Nullable String commandId, @Nullable AggregateKey aggregate, ReplyTarget target) {
    return new Malformed(
        problemCode == null ? CommandWire.MALFORMED_HEADER : problemCode,
        problem == null ? "the record is no command" : problem,
        commandId,
        aggregate,
        target);
  }

  private void checkSpecVersion() {
    if (specVersion != null && !"1.0".equals(text(Headers.SPEC_VERSION, specVersion))) {
      malformed(Headers.SPEC_VERSION, "must be 1.0");
    }
  }

  private void checkValue(MessageRecord message) {
    if (message.value() == null) {
      fail(
          CommandWire.NO_PAYLOAD, "the record has no value; send the encoded command as its value");
    }
  }

  private void checkKey(MessageRecord message, @Nullable AggregateKey aggregate) {
    if (aggregate != null
        && aggregateType != null
        && subject != null
        && !CommandWire.keyFits(message.key(), aggregateType, subject)) {
      fail(
          CommandWire.KEY_MISMATCH,
          "the record's key is not "
              + Quoted.of(aggregate.toString())
              + ", the aggregate that its headers name; send that as key, or no key");
    }
  }

  private void read(RecordHeader header) {
    var name = header.name();
    var value = header.value();
    switch (name) {
      case Headers.SPEC_VERSION -> specVersion = once(name, specVersion, value);
      case Headers.ID -> id = once(name, id, value);
      case Headers.SOURCE -> source = once(name, source, value);
      case Headers.TYPE -> type = once(name, type, value);
      case Headers.SUBJECT -> subject = once(name, subject, value);
      case Headers.AGGREGATE_TYPE -> aggregateType = once(name, aggregateType, value);
      case Headers.SCHEMA_VERSION -> schemaVersion = once(name, schemaVersion, value);
      case Headers.EXPECTED_VERSION -> expectedVersion = once(name, expectedVersion, value);
      case Headers.EXPECTED_REVISION -> expectedRevision = once(name, expectedRevision, value);
      case Headers.BUILDS_ON -> buildsOn = once(name, buildsOn, value);
      // Not our attributes: as Kafka's own readers do, the last one counts.
      case Headers.REPLY_TOPIC -> replyTopic = value;
      case Headers.REPLY_PARTITION -> replyPartition = value;
      case Headers.CORRELATION_ID -> correlationId = value;
      default -> {
        if (Headers.isMetadata(name)) {
          readMetadata(name, value);
        }
      }
    }
  }

  private byte[] once(String name, byte @Nullable [] before, byte[] value) {
    if (before != null) {
      malformed(name, "occurs twice; send it once");
    }
    return value;
  }

  private void readMetadata(String name, byte[] value) {
    if (metadata == null) {
      metadata = new HashMap<>();
    }
    metadataBytes += 3 * name.length() + value.length;
    if (metadata.size() == MetadataBlob.MAX_ENTRIES && !metadata.containsKey(name)) {
      fail(
          CommandWire.METADATA_TOO_LARGE,
          "more than " + MetadataBlob.MAX_ENTRIES + " metadata headers; send fewer");
    } else if (metadataBytes > MetadataBlob.MAX_BYTES) {
      fail(
          CommandWire.METADATA_TOO_LARGE,
          "metadata headers of more than " + MetadataBlob.MAX_BYTES + " bytes in all; send less");
    } else {
      var text = text(name, value);
      if (text != null) {
        metadata.put(name, text);
      }
    }
  }

  private void checkNothingMissing() {
    if (specVersion != null
        && id != null
        && source != null
        && type != null
        && subject != null
        && aggregateType != null) {
      return;
    }
    var missing = new StringBuilder();
    note(missing, Headers.SPEC_VERSION, specVersion);
    note(missing, Headers.ID, id);
    note(missing, Headers.SOURCE, source);
    note(missing, Headers.TYPE, type);
    note(missing, Headers.SUBJECT, subject);
    note(missing, Headers.AGGREGATE_TYPE, aggregateType);
    fail(
        CommandWire.MISSING_HEADER,
        "missing headers: " + missing + "; send them with every command");
  }

  private static void note(StringBuilder missing, String name, byte @Nullable [] value) {
    if (value == null) {
      missing.append(missing.isEmpty() ? "" : ", ").append(name);
    }
  }

  private @Nullable AggregateKey aggregate() {
    if (aggregateType == null || subject == null) {
      return null;
    }
    var typeText = text(Headers.AGGREGATE_TYPE, aggregateType);
    var idText = text(Headers.SUBJECT, subject);
    if (typeText == null || idText == null) {
      return null;
    }
    try {
      return new AggregateKey(typeText, idText);
    } catch (IllegalArgumentException e) {
      fail(
          CommandWire.MALFORMED_HEADER,
          "headers " + Headers.AGGREGATE_TYPE + ", " + Headers.SUBJECT + ": " + e.getMessage());
      return null;
    }
  }

  private @Nullable String commandId() {
    if (id == null) {
      return null;
    }
    var text = text(Headers.ID, id);
    if (text == null) {
      return null;
    }
    try {
      CommandEnvelope.checkCommandId(text);
      return text;
    } catch (IllegalArgumentException e) {
      malformed(Headers.ID, "is refused: " + e.getMessage());
      return null;
    }
  }

  private @Nullable String commandType() {
    var text = type == null ? null : text(Headers.TYPE, type);
    if (text != null && (text.isEmpty() || text.length() > EncodedMessage.MAX_TYPE_LENGTH)) {
      malformed(Headers.TYPE, "must have 1 to " + EncodedMessage.MAX_TYPE_LENGTH + " characters");
      return null;
    }
    return text;
  }

  private int schemaVersion() {
    var schema = number(Headers.SCHEMA_VERSION, schemaVersion, 1);
    if (schema < 1 || schema > EncodedMessage.MAX_SCHEMA_VERSION) {
      malformed(Headers.SCHEMA_VERSION, "must be 1 to " + EncodedMessage.MAX_SCHEMA_VERSION);
      return 1;
    }
    return (int) schema;
  }

  private long expectedVersion() {
    var expected = number(Headers.EXPECTED_VERSION, expectedVersion, CommandEnvelope.ANY_VERSION);
    if (expectedVersion != null && expected < 0) {
      malformed(Headers.EXPECTED_VERSION, "must be 0 or more; leave it out to expect no version");
      return CommandEnvelope.ANY_VERSION;
    }
    return expected;
  }

  private @Nullable VectorTime expectedRevision() {
    var token = expectedRevision == null ? null : text(Headers.EXPECTED_REVISION, expectedRevision);
    if (token == null) {
      return null;
    }
    if (expectedVersion != null) {
      malformed(
          Headers.EXPECTED_REVISION, "comes with " + Headers.EXPECTED_VERSION + "; send only one");
      return null;
    }
    try {
      return VectorTime.fromToken(token);
    } catch (IllegalArgumentException e) {
      malformed(Headers.EXPECTED_REVISION, "is no revision; send what a reply carried, unchanged");
      return null;
    }
  }

  private @Nullable Dot buildsOn() {
    var text = buildsOn == null ? null : text(Headers.BUILDS_ON, buildsOn);
    if (text == null) {
      return null;
    }
    try {
      return Dot.parse(text);
    } catch (IllegalArgumentException e) {
      malformed(Headers.BUILDS_ON, "is no version; send region:n, as a:3");
      return null;
    }
  }

  private ReplyTarget target() {
    if (replyTopic == null && replyPartition == null && correlationId == null) {
      return ReplyTarget.DEFAULT;
    }
    return new ReplyTarget(replyTopic(), replyPartition(), correlationId());
  }

  private @Nullable String replyTopic() {
    if (replyTopic == null) {
      return null;
    }
    var topic = text(Headers.REPLY_TOPIC, replyTopic);
    if (topic != null && !isTopicName(topic)) {
      malformed(Headers.REPLY_TOPIC, "is no name of a Kafka topic");
      return null;
    }
    return topic;
  }

  private int replyPartition() {
    if (replyPartition == null) {
      return ReplyTarget.ANY_PARTITION;
    }
    var partition =
        replyPartition.length == Integer.BYTES ? ByteBuffer.wrap(replyPartition).getInt() : -1;
    if (partition < 0) {
      malformed(Headers.REPLY_PARTITION, "must be a partition number, 4 bytes big endian");
      return ReplyTarget.ANY_PARTITION;
    }
    return partition;
  }

  private byte @Nullable [] correlationId() {
    if (correlationId != null && correlationId.length > CommandWire.MAX_CORRELATION_ID_BYTES) {
      malformed(
          Headers.CORRELATION_ID,
          "must have at most " + CommandWire.MAX_CORRELATION_ID_BYTES + " bytes");
      return null;
    }
    return correlationId;
  }

  private static boolean isTopicName(String topic) {
    if (topic.isEmpty()
        || topic.length() > MAX_TOPIC_LENGTH
        || topic.equals(".")
        || topic.equals("..")) {
      return false;
    }
    for (var i = 0; i < topic.length(); i++) {
      var c = topic.charAt(i);
      var valid =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!valid) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String text(String name, byte[] value) {
    var text = Utf8.textOrNull(value);
    if (text == null) {
      malformed(name, "is not valid UTF-8; send text");
    }
    return text;
  }

  private long number(String name, byte @Nullable [] value, long missing) {
    if (value == null) {
      return missing;
    }
    try {
      return Headers.number(name, value);
    } catch (WireFormatException e) {
      fail(CommandWire.MALFORMED_HEADER, String.valueOf(e.getMessage()));
      return missing;
    }
  }

  private void malformed(String name, String problemAndRemedy) {
    fail(CommandWire.MALFORMED_HEADER, "header " + Quoted.of(name) + " " + problemAndRemedy);
  }

  private void fail(String code, String message) {
    if (problemCode == null) {
      problemCode = code;
      problem = message;
    }
  }
}
