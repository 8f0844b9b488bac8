package dev.anabranch.wire;

import dev.anabranch.model.MessageRecord;
import dev.anabranch.model.PublishedRow;
import dev.anabranch.model.RecordHeader;
import java.util.ArrayList;

/**
 * Remote commits that are ready to be applied, as records: what {@link EventWire} makes of the row,
 * and {@link Headers#VIA}, so {@link EventWire#decode} reads them as well.
 */
public final class InboundWire {

  private InboundWire() {}

  public static MessageRecord encode(PublishedRow published) {
    var message = EventWire.encode(published.row(), published.region());
    var headers = new ArrayList<>(message.headers());
    headers.add(RecordHeader.of(Headers.VIA, published.region()));
    return new MessageRecord(message.key(), message.value(), headers);
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
