package dev.anabranch.wire;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a region's log as records of its events topic: a CloudEvent in binary mode, its key
 * {@code type/id} of the aggregate, its value the events of a commit as stored; an outcome without
 * events has an empty value, not none, since a record without value would mean deletion to Kafka.
 *
 * <p>The headers hold every other column, so that {@link #decode} restores the identical row; some
 * say the same again for readers that are not ours.
 */
public final class EventWire {

  public static final String CONTENT_TYPE = "application/vnd.anabranch.events";

  /** Followed by the kind of the row. */
  public static final String TYPE_PREFIX = "dev.anabranch.";

  static final String SOURCE_PREFIX = "/anabranch/";

  /** The header of event types lists as many as fit; the value has them all. */
  static final int MAX_EVENT_TYPES_BYTES = 256;

  /** Names and decimal values of all headers but those that {@link #sizeOf} counts. */
  private static final int FIXED_BYTES = 1_024;

  /** The limit leaves room for headers that other topics add. */
  private static final int MAX_OWN_HEADERS = 26;

  private static final byte[] CONTENT_TYPE_VALUE = Headers.ascii(CONTENT_TYPE);
  private static final Map<RowKind, byte[]> KINDS = new EnumMap<>(RowKind.class);
  private static final Map<RowKind, byte[]> TYPES = new EnumMap<>(RowKind.class);
  private static final Map<String, RowKind> BY_NAME = new HashMap<>();

  static {
    for (var kind : RowKind.values()) {
      KINDS.put(kind, Headers.ascii(nameOf(kind)));
      TYPES.put(kind, Headers.ascii(TYPE_PREFIX + nameOf(kind)));
      if (kind != RowKind.MOVED) {
        BY_NAME.put(nameOf(kind), kind);
      }
    }
  }

  private EventWire() {}

  /** A row and the region whose log it is in. */
  public record Published(String region, LogRow row) {}

  /**
   * The row as a record.
   *
   * @param region whose log the row is in
   * @throws IllegalArgumentException for a row of kind {@link RowKind#MOVED}, which is not
   *     published
   */
  public static MessageRecord encode(LogRow row, String region) {
    var outcome = row.outcome();
    return new MessageRecord(
        Utf8.bytes(outcome.aggregate().toString()), outcome.blobs().events(), headers(row, region));
  }

  /** Those of the record; the caller may add to them. */
  static List<RecordHeader> headers(LogRow row, String region) {
    var outcome = row.outcome();
    if (outcome.kind() == RowKind.MOVED) {
      throw new IllegalArgumentException("row " + row.position() + " is a local fence: skip it");
    }
    var metadata = readable(outcome.blobs().metadata());
    var headers = new ArrayList<RecordHeader>(MAX_OWN_HEADERS + metadata.size());
    addCloudEvent(headers, row, region);
    addColumns(headers, row, region);
    addBlob(headers, Headers.CAUSALITY, outcome.blobs().causality());
    addBlob(headers, Headers.METADATA, outcome.blobs().metadata());
    addBlob(headers, Headers.REPLY, outcome.blobs().reply());
    metadata.forEach((name, value) -> headers.add(RecordHeader.of(name, value)));
    return headers;
  }

  /**
   * A row is published as it is stored, also one whose metadata is damaged or of a later release:
   * its blob goes along, and only the headers that say the same for foreign readers are missing.
   */
  private static Map<String, String> readable(byte[] metadata) {
    try {
      return MetadataBlob.decode(metadata);
    } catch (WireFormatException e) {
      return Map.of();
    }
  }

  /**
   * Restores the row of a record.
   *
   * @throws WireFormatException if the record is not one that {@link #encode} made
   */
  public static Published decode(MessageRecord message) {
    return new EventDecoder().decode(message);
  }

  /**
   * Where in the region's log the row of a record is that can't be read as a whole, such as one of
   * a kind that a later release knows; empty: it does not say, or is another region's.
   */
  public static Optional<LogPosition> position(MessageRecord message, String region) {
    try {
      var shard = Headers.text(message.headers(), Headers.SHARD);
      var offset = Headers.text(message.headers(), Headers.SHARD_OFFSET);
      if (shard == null
          || offset == null
          || !region.equals(Headers.text(message.headers(), Headers.REGION))) {
        return Optional.empty();
      }
      var at = Headers.number(Headers.SHARD, Utf8.bytes(shard), 0, Shards.MAX_SHARDS - 1);
      var number = Headers.number(Headers.SHARD_OFFSET, Utf8.bytes(offset));
      return number < 0 ? Optional.empty() : Optional.of(new LogPosition((int) at, number));
    } catch (WireFormatException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Upper bound of the encoded record, headers and Kafka's own overhead included, wherever in the
   * log the outcome will be.
   */
  public static int sizeOf(Outcome outcome, String region) {
    var commandId = outcome.commandId();
    var blobs = outcome.blobs();
    var metadataHeaders =
        blobs.metadata().length == 0
            ? 0
            : blobs.metadata().length + MetadataBlob.MAX_ENTRIES * RecordSize.HEADER_OVERHEAD;
    var size =
        (long) RecordSize.RECORD_OVERHEAD
            + FIXED_BYTES
            + MAX_EVENT_TYPES_BYTES
            + 3L * region.length()
            + 2L * (outcome.aggregate().type().length() + 3L * outcome.aggregate().id().length())
            + (commandId == null ? 0 : 3L * commandId.length())
            + 3L * outcome.slot().length()
            + blobs.size()
            + metadataHeaders;
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  static String nameOf(RowKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads the kind; null if it is unknown, or if its rows are never published. */
  static @Nullable RowKind published(String kind) {
    return BY_NAME.get(kind);
  }

  private static void addCloudEvent(List<RecordHeader> headers, LogRow row, String region) {
    var outcome = row.outcome();
    headers.add(new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE));
    headers.add(RecordHeader.of(Headers.ID, region + '/' + row.shard() + '/' + row.offset()));
    headers.add(RecordHeader.of(Headers.SOURCE, SOURCE_PREFIX + region));
    headers.add(new RecordHeader(Headers.TYPE, bytesOf(TYPES, outcome.kind())));
    headers.add(RecordHeader.of(Headers.SUBJECT, outcome.aggregate().id()));
    headers.add(new RecordHeader(Headers.TIME, IsoTime.format(outcome.stamp().occurredAtMicros())));
    headers.add(new RecordHeader(Headers.CONTENT_TYPE, CONTENT_TYPE_VALUE));
  }

  private static void addColumns(List<RecordHeader> headers, LogRow row, String region) {
    var outcome = row.outcome();
    headers.add(RecordHeader.of(Headers.AGGREGATE_TYPE, outcome.aggregate().type()));
    headers.add(new RecordHeader(Headers.KIND, bytesOf(KINDS, outcome.kind())));
    headers.add(RecordHeader.of(Headers.REGION, region));
    headers.add(Headers.of(Headers.SHARD, row.shard()));
    headers.add(Headers.of(Headers.SHARD_OFFSET, row.offset()));
    if (outcome.kind().hasVersion()) {
      headers.add(Headers.of(Headers.VERSION, outcome.version()));
    }
    if (outcome.commandId() != null) {
      headers.add(RecordHeader.of(Headers.COMMAND_ID, outcome.commandId()));
    }
    if (!outcome.slot().isEmpty()) {
      headers.add(RecordHeader.of(Headers.SLOT, outcome.slot()));
    }
    if (outcome.dot() != null) {
      headers.add(RecordHeader.of(Headers.DOT, outcome.dot().toString()));
    }
    headers.add(Headers.of(Headers.WRITER, outcome.stamp().writer()));
    headers.add(Headers.of(Headers.HLC, outcome.stamp().hlc()));
    if (outcome.blobs().events().length > 0) {
      addEventTypes(headers, outcome.blobs().events());
    }
  }

  /**
   * The names are a help for people: a blob that was damaged in the store is published as it is.
   */
  private static void addEventTypes(List<RecordHeader> headers, byte[] events) {
    try {
      headers.add(RecordHeader.of(Headers.EVENT_TYPES, eventTypes(events)));
    } catch (WireFormatException damaged) {
      headers.add(RecordHeader.of(Headers.EVENT_TYPES, ""));
    }
  }

  private static void addBlob(List<RecordHeader> headers, String name, byte[] blob) {
    if (blob.length > 0) {
      headers.add(new RecordHeader(name, blob));
    }
  }

  private static String eventTypes(byte[] events) {
    var types = EventsBlob.types(events);
    var text = new StringBuilder();
    var bytes = 0;
    for (var type : types) {
      bytes += Utf8.length(type) + 1;
      if (bytes > MAX_EVENT_TYPES_BYTES) {
        break;
      }
      text.append(text.isEmpty() ? "" : ",").append(type);
    }
    return text.toString();
  }

  private static byte[] bytesOf(Map<RowKind, byte[]> values, RowKind kind) {
    var value = values.get(kind);
    if (value == null) {
      throw new IllegalStateException("no name for row kind " + kind);
    }
    return value;
  }

  static Dot dot(String text) {
    var colon = text.indexOf(':');
    if (colon < 0) {
      throw Headers.malformed(Headers.DOT, "must read region:n; take the record from its source");
    }
    var n = Headers.number(Headers.DOT, Utf8.bytes(text.substring(colon + 1)));
    return new Dot(new RegionId(text.substring(0, colon)), n);
  }
}
