package dev.anabranch.wire;

import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Replies as records: a CloudEvent in binary mode, its key {@code type/id} of the aggregate, its
 * value the encoded result, else empty.
 *
 * <p>Topic and partition of the reply's target are where the record goes, not part of it: {@link
 * #decode} restores the correlation id only.
 */
public final class ReplyWire {

  public static final String TYPE = "dev.anabranch.reply";

  private static final byte[] TYPE_VALUE = Headers.ascii(TYPE);
  private static final byte[] TRUE = Headers.ascii("true");

  private ReplyWire() {}

  public static MessageRecord encode(CommandReply reply) {
    return encode(reply, Map.of());
  }

  /**
   * The reply as a record.
   *
   * @param metadata carried from the command, by header name
   */
  public static MessageRecord encode(CommandReply reply, Map<String, String> metadata) {
    var headers = new ArrayList<RecordHeader>(20 + metadata.size());
    addCloudEvent(headers, reply);
    addBody(headers, reply);
    addBacking(headers, reply.backing());
    if (reply.repeated()) {
      headers.add(new RecordHeader(Headers.REPEATED, TRUE));
    }
    if (reply.superseded()) {
      headers.add(new RecordHeader(Headers.SUPERSEDED, TRUE));
    }
    if (reply.target().correlationId() != null) {
      headers.add(new RecordHeader(Headers.CORRELATION_ID, reply.target().correlationId()));
    }
    metadata.forEach((name, value) -> headers.add(RecordHeader.of(name, value)));
    var aggregate = reply.aggregate();
    var key = aggregate == null ? null : Utf8.bytes(aggregate.toString());
    return new MessageRecord(key, reply.body().result(), headers);
  }

  /**
   * Restores the reply of a record.
   *
   * @throws WireFormatException if the record is not one that {@link #encode} made
   */
  public static CommandReply decode(MessageRecord message) {
    return new ReplyDecoder().decode(message);
  }

  private static void addCloudEvent(List<RecordHeader> headers, CommandReply reply) {
    var backing = reply.backing();
    headers.add(new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE));
    headers.add(RecordHeader.of(Headers.ID, id(reply)));
    headers.add(
        RecordHeader.of(
            Headers.SOURCE, EventWire.SOURCE_PREFIX + (backing == null ? "" : backing.region())));
    headers.add(new RecordHeader(Headers.TYPE, TYPE_VALUE));
    if (reply.aggregate() != null) {
      headers.add(RecordHeader.of(Headers.AGGREGATE_TYPE, reply.aggregate().type()));
      headers.add(RecordHeader.of(Headers.SUBJECT, reply.aggregate().id()));
    }
    if (reply.commandId() != null) {
      headers.add(RecordHeader.of(Headers.COMMAND_ID, reply.commandId()));
    }
  }

  /** Equal for each repeat of a durable answer. */
  private static String id(CommandReply reply) {
    var backing = reply.backing();
    if (backing != null) {
      var position = backing.position();
      return backing.region() + '/' + position.shard() + '/' + position.offset() + "/reply";
    }
    return (reply.commandId() == null ? "" : reply.commandId()) + "/reply";
  }

  private static void addBody(List<RecordHeader> headers, CommandReply reply) {
    var body = reply.body();
    headers.add(RecordHeader.of(Headers.STATUS, reply.status().code()));
    if (!body.code().isEmpty()) {
      headers.add(RecordHeader.of(Headers.CODE, body.code()));
    }
    if (!body.message().isEmpty()) {
      headers.add(RecordHeader.of(Headers.MESSAGE, body.message()));
    }
    new TreeMap<>(body.details())
        .forEach(
            (name, value) -> headers.add(RecordHeader.of(Headers.DETAIL_PREFIX + name, value)));
    headers.add(Headers.of(Headers.VERSION, body.version()));
    if (!body.resultContentType().isEmpty()) {
      headers.add(RecordHeader.of(Headers.CONTENT_TYPE, body.resultContentType()));
    }
  }

  private static void addBacking(
      List<RecordHeader> headers, CommandReply.@Nullable Backing backing) {
    if (backing == null) {
      return;
    }
    headers.add(RecordHeader.of(Headers.REGION, backing.region()));
    headers.add(Headers.of(Headers.SHARD, backing.position().shard()));
    headers.add(Headers.of(Headers.SHARD_OFFSET, backing.position().offset()));
    headers.add(RecordHeader.of(Headers.REVISION, backing.revision()));
  }
}
