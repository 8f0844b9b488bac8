package dev.anabranch.wire;

import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.wire.blob.Utf8;

/** Upper bounds of what a record takes in Kafka's format, as producer and broker count it. */
public final class RecordSize {

  /** The head of a record batch and of its only record. */
  static final int RECORD_OVERHEAD = 61 + 21 + 3 * 5;

  /** The lengths of a header's name and value. */
  static final int HEADER_OVERHEAD = 2 * 5;

  private RecordSize() {}

  /** Bytes of the record as the only one of its batch, not compressed. */
  public static int of(MessageRecord message) {
    var size = (long) RECORD_OVERHEAD;
    size += message.key() == null ? 0 : message.key().length;
    size += message.value() == null ? 0 : message.value().length;
    for (var header : message.headers()) {
      size += sizeOfHeader(header.name(), header.value());
    }
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  static long sizeOfHeader(String name, byte[] value) {
    return (long) HEADER_OVERHEAD + Utf8.length(name) + value.length;
  }
}
