package dev.anabranch.wire;

import dev.anabranch.causality.RegionId;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RangeRequest;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.wire.blob.BlobReader;
import dev.anabranch.wire.blob.BlobWriter;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.List;
import java.util.Optional;

/**
 * Requests to publish a range of rows again, as records of the topic that has those of {@link
 * RepublishWire}: a CloudEvent in binary mode, its value format 2, then every part in turn.
 *
 * <p>Releases that know requests for aggregates only leave the format out. They find a routing key
 * all the same: the headers name a log where those of the others name an aggregate.
 */
public final class RangeRequestWire {

  public static final String TYPE = "dev.anabranch.republish-range";

  private static final int FORMAT = 2;
  private static final byte[] TYPE_VALUE = Headers.ascii(TYPE);
  private static final String LOG = "anabranch.log";

  private RangeRequestWire() {}

  /**
   * What the record is routed by: the beginning of the range, so that each is answered by itself.
   */
  public static String routingKey(RangeRequest request) {
    return LOG + '/' + subject(request);
  }

  public static MessageRecord encode(RangeRequest request) {
    var out = new BlobWriter(FORMAT, 64);
    out.writeText(request.region());
    out.writeText(request.log());
    out.writeNumber(request.shard());
    out.writeNumber(request.from());
    out.writeNumber(request.to());
    out.writeNumber(request.atMillis());
    out.writeNumber(request.hops());
    var key = routingKey(request);
    var headers =
        List.of(
            new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE),
            RecordHeader.of(
                Headers.ID, request.region() + '/' + key + '/' + request.atMillis() + "/republish"),
            RecordHeader.of(Headers.SOURCE, EventWire.SOURCE_PREFIX + request.region()),
            new RecordHeader(Headers.TYPE, TYPE_VALUE),
            RecordHeader.of(Headers.AGGREGATE_TYPE, LOG),
            RecordHeader.of(Headers.SUBJECT, subject(request)));
    return new MessageRecord(Utf8.bytes(key), out.toByteArray(), headers);
  }

  /**
   * Restores the request of a record; empty: the record is one of another type.
   *
   * @throws WireFormatException if the record is malformed
   */
  public static Optional<RangeRequest> decode(MessageRecord message) {
    var value = message.value();
    if (!TYPE.equals(Headers.text(message.headers(), Headers.TYPE)) || value == null) {
      return Optional.empty();
    }
    var in = new BlobReader("request for a range", value, FORMAT);
    var region = regionOf(in, "region");
    var log = regionOf(in, "log");
    var shard = in.readInt("shard", 0, Shards.MAX_SHARDS - 1);
    var from = in.readNumber("from");
    var to = in.readNumber("to");
    if (from < 0 || to <= from) {
      throw in.malformed("to", "is not behind the beginning");
    }
    var request =
        new RangeRequest(
            region,
            log,
            shard,
            from,
            to,
            in.readNumber("time"),
            in.readInt("hops", 0, RepublishRequest.MAX_HOPS));
    in.readEnd();
    return Optional.of(request);
  }

  private static String regionOf(BlobReader in, String field) {
    var name = in.readText(field);
    try {
      return new RegionId(name).value();
    } catch (IllegalArgumentException e) {
      throw in.malformed(field, "is no region name");
    }
  }

  private static String subject(RangeRequest request) {
    return request.log() + '/' + request.shard() + '/' + request.from();
  }
}
