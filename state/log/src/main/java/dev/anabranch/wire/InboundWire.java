package dev.anabranch.wire;

import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;

/**
 * Remote commits that are ready to be applied, as records: what {@link EventWire} makes of the row,
 * and {@link Headers#VIA}, so {@link EventWire#decode} reads them as well.
 */
public final class InboundWire {

  private InboundWire() {}

  public static MessageRecord encode(PublishedRow published) {
    var outcome = published.row().outcome();
    var headers = EventWire.headers(published.row(), published.region());
    headers.add(RecordHeader.of(Headers.VIA, published.region()));
    return new MessageRecord(
        Utf8.bytes(outcome.aggregate().toString()), outcome.blobs().events(), headers);
  }

  /**
   * Restores the row of a record.
   *
   * @throws WireFormatException if the record is not one that {@link #encode} made
   */
  public static PublishedRow decode(MessageRecord message) {
    var published = EventWire.decode(message);
    return new PublishedRow(published.region(), published.row());
  }
}
