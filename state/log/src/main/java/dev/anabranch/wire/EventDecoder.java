package dev.anabranch.wire;

import dev.anabranch.causality.Dot;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.wire.blob.WireFormatException;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;

/** Reads one record of an events topic: one pass over the headers, then the checks. Used once. */
final class EventDecoder {

  private @Nullable String region;
  private @Nullable String aggregateType;
  private @Nullable String aggregateId;
  private @Nullable RowKind kind;
  private @Nullable Long time;
  private @Nullable String commandId;
  private @Nullable Dot dot;
  private String slot = "";
  private long shard = -1;
  private long offset = -1;
  private long version = Outcome.NO_VERSION;
  private @Nullable Long writer;
  private @Nullable Long hlc;
  private byte[] causality = Blobs.EMPTY;
  private byte[] metadata = Blobs.EMPTY;
  private byte[] reply = Blobs.EMPTY;

  EventWire.Published decode(MessageRecord message) {
    try {
      for (var header : message.headers()) {
        read(header);
      }
      return published(message);
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw new WireFormatException(
          "the record is no row of an events topic: " + e.getMessage() + "; check the topic", e);
    }
  }

  private void read(RecordHeader header) {
    var name = header.name();
    var value = header.value();
    switch (name) {
      case Headers.REGION -> region = Headers.text(name, value);
      case Headers.AGGREGATE_TYPE -> aggregateType = Headers.text(name, value);
      case Headers.SUBJECT -> aggregateId = Headers.text(name, value);
      case Headers.KIND -> kind = kind(Headers.text(name, value));
      case Headers.TIME -> time = IsoTime.parse(Headers.text(name, value));
      case Headers.COMMAND_ID -> commandId = Headers.text(name, value);
      case Headers.DOT -> dot = EventWire.dot(Headers.text(name, value));
      case Headers.SLOT -> slot = Headers.text(name, value);
      case Headers.SHARD -> shard = Headers.number(name, value, 0, Shards.MAX_SHARDS - 1);
      case Headers.SHARD_OFFSET -> offset = Headers.number(name, value);
      case Headers.VERSION -> version = Headers.number(name, value);
      case Headers.WRITER -> writer = Headers.number(name, value);
      case Headers.HLC -> hlc = Headers.number(name, value);
      case Headers.CAUSALITY -> causality = value;
      case Headers.METADATA -> metadata = value;
      case Headers.REPLY -> reply = value;
      default -> {}
    }
  }

  private EventWire.Published published(MessageRecord message) {
    if (message.value() == null) {
      throw new WireFormatException(
          "the record has no value, not even an empty one; was the events topic compacted? its"
              + " cleanup policy must be delete");
    }
    var aggregate =
        new AggregateKey(
            required(Headers.AGGREGATE_TYPE, aggregateType),
            required(Headers.SUBJECT, aggregateId));
    if (message.key() == null || !CommandWire.keyFits(message.key(), aggregate)) {
      throw new WireFormatException(
          "the record's key is not the aggregate that its headers name; check the producer");
    }
    if (shard < 0) {
      required(Headers.SHARD, null);
    }
    if (offset < 0) {
      required(Headers.SHARD_OFFSET, null);
    }
    var stamp =
        new Stamp(
            required(Headers.WRITER, writer),
            required(Headers.HLC, hlc),
            required(Headers.TIME, time));
    var outcome =
        new Outcome(
            required(Headers.KIND, kind),
            aggregate,
            version,
            commandId,
            slot,
            dot,
            stamp,
            new Blobs(causality, metadata, reply, message.value()));
    return new EventWire.Published(
        required(Headers.REGION, region), outcome.at((int) shard, offset));
  }

  private static RowKind kind(String name) {
    var kind = EventWire.published(name);
    if (kind == null) {
      throw Headers.malformed(
          Headers.KIND, "names no kind of row that this release knows; upgrade the reader");
    }
    return kind;
  }

  private static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw Headers.malformed(name, "is missing; check that this is an events topic");
    }
    return value;
  }
}
