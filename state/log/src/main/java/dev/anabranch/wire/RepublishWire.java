package dev.anabranch.wire;

import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.wire.blob.BlobReader;
import dev.anabranch.wire.blob.BlobWriter;
import dev.anabranch.wire.blob.Dots;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.List;

/**
 * Requests to publish commits again, as records: a CloudEvent in binary mode, its key {@code
 * type/id} of the aggregate, its value format 1, then every part in turn.
 */
public final class RepublishWire {

  public static final String TYPE = "dev.anabranch.republish";

  private static final int FORMAT = 1;
  private static final byte[] TYPE_VALUE = Headers.ascii(TYPE);

  private RepublishWire() {}

  public static MessageRecord encode(RepublishRequest request) {
    var out = new BlobWriter(FORMAT, 64);
    out.writeText(request.region());
    Dots.write(out, request.applied());
    out.writeNumber(request.atMillis());
    out.writeNumber(request.hops());
    var key = request.aggregate();
    var headers =
        List.of(
            new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE),
            RecordHeader.of(
                Headers.ID, request.region() + '/' + key + '/' + request.atMillis() + "/republish"),
            RecordHeader.of(Headers.SOURCE, EventWire.SOURCE_PREFIX + request.region()),
            new RecordHeader(Headers.TYPE, TYPE_VALUE),
            RecordHeader.of(Headers.AGGREGATE_TYPE, key.type()),
            RecordHeader.of(Headers.SUBJECT, key.id()));
    return new MessageRecord(Utf8.bytes(key.toString()), out.toByteArray(), headers);
  }

  /**
   * Restores the request of a record.
   *
   * @throws WireFormatException if the record is not one that {@link #encode} made
   */
  public static RepublishRequest decode(MessageRecord message) {
    var type = Headers.text(message.headers(), Headers.AGGREGATE_TYPE);
    var id = Headers.text(message.headers(), Headers.SUBJECT);
    var value = message.value();
    if (type == null || id == null || value == null || !AggregateKey.isValid(type, id)) {
      throw new WireFormatException(
          "the record is no request to publish again: it names no aggregate; check the topic");
    }
    var in = new BlobReader("republish request", value, FORMAT);
    var region = in.readText("region");
    try {
      RegionId.check(region);
    } catch (IllegalArgumentException e) {
      throw in.malformed("region", "is no region name");
    }
    var request =
        new RepublishRequest(
            region,
            new AggregateKey(type, id),
            Dots.readTime(in, "applied"),
            in.readNumber("time"),
            in.readInt("hops", 0, RepublishRequest.MAX_HOPS));
    in.readEnd();
    return request;
  }
}
