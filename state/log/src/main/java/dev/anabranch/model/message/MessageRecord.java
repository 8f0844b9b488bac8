package dev.anabranch.model.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as the broker has it: key, value and headers, not interpreted. Never compared.
 *
 * <p><b>Threads.</b> Any; the arrays are shared, and nobody writes to them.
 */
public final class MessageRecord {

  // Objects, array heads and list slots on a 64-bit JVM with compressed references.
  private static final int PER_MESSAGE = 128;
  private static final int PER_HEADER = 48;

  private final byte @Nullable [] key;
  private final byte @Nullable [] value;
  private final List<RecordHeader> headers;
  private int footprint;

  public MessageRecord(byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
    this.key = key;
    this.value = value;
    this.headers = headers;
  }

  public byte @Nullable [] key() {
    return key;
  }

  public byte @Nullable [] value() {
    return value;
  }

  public List<RecordHeader> headers() {
    return headers;
  }

  /** Bytes that it keeps busy on the heap, about; looks at the parts only the first time. */
  public int footprint() {
    var known = footprint;
    if (known == 0) {
      known = PER_MESSAGE + lengthOf(key) + lengthOf(value);
      for (var header : headers) {
        known += PER_HEADER + header.value().length;
      }
      footprint = known;
    }
    return known;
  }

  private static int lengthOf(byte @Nullable [] part) {
    return part == null ? 0 : part.length;
  }
}
