package dev.anabranch.wire;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one record of a reply topic: one pass over the headers, then the checks. Used once. */
final class ReplyDecoder {

  private @Nullable ReplyStatus status;
  private @Nullable String aggregateType;
  private @Nullable String aggregateId;
  private @Nullable String commandId;
  private @Nullable String region;
  private String revision = "";
  private int shard = -1;
  private long offset = -1;
  private long version;
  private boolean repeated;
  private boolean superseded;
  private String code = "";
  private String reason = "";
  private String contentType = "";
  private final Map<String, String> details = new LinkedHashMap<>();
  private byte @Nullable [] correlationId;

  CommandReply decode(MessageRecord message) {
    try {
      for (var header : message.headers()) {
        read(header);
      }
      return reply(message);
    } catch (IllegalArgumentException e) {
      throw new WireFormatException(
          "the record is no reply: " + e.getMessage() + "; check the topic", e);
    }
  }

  private void read(RecordHeader header) {
    var name = header.name();
    var value = header.value();
    switch (name) {
      case Headers.STATUS -> status = ReplyStatus.ofCode(Headers.text(name, value));
      case Headers.AGGREGATE_TYPE -> aggregateType = Headers.text(name, value);
      case Headers.SUBJECT -> aggregateId = Headers.text(name, value);
      case Headers.COMMAND_ID -> commandId = Headers.text(name, value);
      case Headers.REGION -> region = Headers.text(name, value);
      case Headers.REVISION -> revision = Headers.text(name, value);
      case Headers.SHARD -> shard = Headers.number(name, value, 0, Shards.MAX_SHARDS - 1);
      case Headers.SHARD_OFFSET -> offset = Headers.number(name, value);
      case Headers.VERSION -> version = Headers.number(name, value);
      case Headers.REPEATED -> repeated = Headers.text(name, value).equals("true");
      case Headers.SUPERSEDED -> superseded = Headers.text(name, value).equals("true");
      case Headers.CODE -> code = Headers.text(name, value);
      case Headers.MESSAGE -> reason = Headers.text(name, value);
      case Headers.CONTENT_TYPE -> contentType = Headers.text(name, value);
      case Headers.CORRELATION_ID -> correlationId = value;
      default -> {
        if (name.startsWith(Headers.DETAIL_PREFIX)) {
          details.put(name.substring(Headers.DETAIL_PREFIX.length()), Headers.text(name, value));
        }
      }
    }
  }

  private CommandReply reply(MessageRecord message) {
    if (status == null) {
      throw Headers.malformed(Headers.STATUS, "is missing; check that this is a reply topic");
    }
    var result = message.value() == null ? Blobs.EMPTY : message.value();
    var aggregate =
        aggregateType == null || aggregateId == null
            ? null
            : new AggregateKey(aggregateType, aggregateId);
    return new CommandReply(
        commandId,
        aggregate,
        status,
        new ReplyBody(code, reason, details, version, contentType, result),
        backing(),
        repeated,
        superseded,
        correlationId == null
            ? ReplyTarget.DEFAULT
            : new ReplyTarget(null, ReplyTarget.ANY_PARTITION, correlationId));
  }

  private CommandReply.@Nullable Backing backing() {
    if (region == null) {
      return null;
    }
    if (shard < 0 || offset < 0) {
      throw Headers.malformed(
          Headers.REGION,
          "comes without " + Headers.SHARD + " or " + Headers.SHARD_OFFSET + "; send all three");
    }
    return new CommandReply.Backing(region, new LogPosition(shard, offset), revision);
  }
}
