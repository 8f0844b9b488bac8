package dev.anabranch.wire;

import dev.anabranch.model.Blobs;
import dev.anabranch.model.ForgottenRows;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.wire.blob.Utf8;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.Arrays;
import java.util.List;

/**
 * {@link ForgottenRows} as a record of the events topic: a CloudEvent in binary mode without a
 * value, its key {@code shard/N}. It has no {@code ce_kind}, so a release that does not know it
 * takes it for no row, and leaves it out.
 */
public final class ForgetWire {

  public static final String TYPE = "dev.anabranch.forget";

  private static final byte[] TYPE_VALUE = Headers.ascii(TYPE);

  private ForgetWire() {}

  public static MessageRecord encode(ForgottenRows rows) {
    var headers =
        List.of(
            new RecordHeader(Headers.SPEC_VERSION, Headers.SPEC_VERSION_VALUE),
            RecordHeader.of(
                Headers.ID,
                rows.region()
                    + "/forget/"
                    + rows.shard()
                    + '/'
                    + rows.fromOffset()
                    + '/'
                    + rows.atMicros()),
            RecordHeader.of(Headers.SOURCE, EventWire.SOURCE_PREFIX + rows.region()),
            new RecordHeader(Headers.TYPE, TYPE_VALUE),
            new RecordHeader(Headers.TIME, IsoTime.format(rows.atMicros())),
            RecordHeader.of(Headers.REGION, rows.region()),
            Headers.of(Headers.SHARD, rows.shard()),
            Headers.of(Headers.SHARD_OFFSET, rows.fromOffset()),
            Headers.of(Headers.UNTIL_OFFSET, rows.untilOffset()),
            RecordHeader.of(Headers.AUTHOR, rows.author()),
            RecordHeader.of(Headers.MESSAGE, rows.reason()));
    return new MessageRecord(Utf8.bytes("shard/" + rows.shard()), Blobs.EMPTY, headers);
  }

  /** Whether the record is one that {@link #encode} made; cheap. */
  public static boolean isForget(MessageRecord message) {
    var type = Headers.value(message.headers(), Headers.TYPE);
    return type != null && Arrays.equals(type, TYPE_VALUE);
  }

  /**
   * Restores what a record says.
   *
   * @throws WireFormatException if it is malformed
   */
  public static ForgottenRows decode(MessageRecord message) {
    var region = Headers.text(message.headers(), Headers.REGION);
    var time = Headers.text(message.headers(), Headers.TIME);
    if (!isForget(message) || region == null || time == null) {
      throw new WireFormatException(
          "the record does not say which rows are given up; check who writes to the topic");
    }
    try {
      return new ForgottenRows(
          region,
          (int) number(message, Headers.SHARD),
          number(message, Headers.SHARD_OFFSET),
          number(message, Headers.UNTIL_OFFSET),
          IsoTime.parse(time),
          textOf(message, Headers.AUTHOR),
          textOf(message, Headers.MESSAGE));
    } catch (java.time.DateTimeException | IllegalArgumentException e) {
      throw new WireFormatException(
          "the record does not say which rows are given up: " + e.getMessage(), e);
    }
  }

  private static long number(MessageRecord message, String name) {
    var value = Headers.value(message.headers(), name);
    if (value == null) {
      throw Headers.malformed(name, "is missing; check who writes to the topic");
    }
    return Headers.number(name, value);
  }

  private static String textOf(MessageRecord message, String name) {
    var text = Headers.text(message.headers(), name);
    return text == null ? "" : text;
  }
}
