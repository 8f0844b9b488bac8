package dev.anabranch.wire;

import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.wire.blob.ConflictBlob;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.List;

/**
 * What became of conflicts, as records: a CloudEvent in binary mode, its key {@code type/id} of the
 * aggregate, its value a {@link ConflictBlob}; the headers say the main parts again for readers
 * that are not ours.
 */
public final class ConflictWire {

  public static final String CONTENT_TYPE = "application/vnd.anabranch.conflict";

  /** Followed by the status. */
  public static final String TYPE_PREFIX = "dev.anabranch.conflict-";

  private ConflictWire() {}

  public static MessageRecord encode(ConflictRecord conflict) {
    var aggregate = conflict.aggregate();
    var status = conflict.status().text();
    var revision = conflict.revision().token();
    return new MessageRecord(
        Utf8.bytes(aggregate.toString()),
        ConflictBlob.encode(conflict),
        List.of(
            new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE),
            RecordHeader.of(
                Headers.ID,
                String.join("/", conflict.region(), conflict.conflictId(), status, revision)),
            RecordHeader.of(Headers.SOURCE, EventWire.SOURCE_PREFIX + conflict.region()),
            RecordHeader.of(Headers.TYPE, TYPE_PREFIX + status),
            RecordHeader.of(Headers.SUBJECT, aggregate.id()),
            new RecordHeader(Headers.TIME, IsoTime.format(conflict.occurredAtMicros())),
            RecordHeader.of(Headers.CONTENT_TYPE, CONTENT_TYPE),
            RecordHeader.of(Headers.AGGREGATE_TYPE, aggregate.type()),
            RecordHeader.of(Headers.REGION, conflict.region()),
            RecordHeader.of(Headers.CONFLICT_ID, conflict.conflictId()),
            RecordHeader.of(Headers.STATUS, status),
            Headers.of(Headers.POSITION, conflict.position()),
            RecordHeader.of(Headers.REVISION, revision),
            Headers.of(Headers.HLC, conflict.hlc())));
  }

  /**
   * Restores the conflict of a record.
   *
   * @throws WireFormatException if the record is not one that {@link #encode} made
   */
  public static ConflictRecord decode(MessageRecord message) {
    if (message.value() == null) {
      throw new WireFormatException("the record has no value: it is no conflict; check the topic");
    }
    var conflict = ConflictBlob.decode(message.value());
    if (message.key() == null || !CommandWire.keyFits(message.key(), conflict.aggregate())) {
      throw new WireFormatException("the record's key is not the aggregate of its value");
    }
    return conflict;
  }
}
