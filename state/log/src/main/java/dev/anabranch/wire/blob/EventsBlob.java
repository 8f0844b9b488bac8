package dev.anabranch.wire.blob;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.model.Blobs;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The events of a commit as stored and published: format 1, their number, then type name, schema
 * version and bytes of each.
 */
public final class EventsBlob {

  private static final int FORMAT = 1;
  private static final int MIN_EVENT_BYTES = 4;

  /** Room for the lengths and the schema version of one event. */
  private static final int EVENT_OVERHEAD = 16;

  private EventsBlob() {}

  public static byte[] encode(List<EncodedMessage> events) {
    if (events.isEmpty()) {
      return Blobs.EMPTY;
    }
    var expectedSize = 8;
    for (var event : events) {
      expectedSize += event.type().length() + event.data().length + EVENT_OVERHEAD;
    }
    var out = new BlobWriter(FORMAT, expectedSize);
    out.writeNumber(events.size());
    for (var event : events) {
      out.writeText(event.type());
      out.writeNumber(event.schemaVersion());
      out.writeBytes(event.data());
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static List<EncodedMessage> decode(byte[] blob) {
    if (blob.length == 0) {
      return List.of();
    }
    var in = new BlobReader("events", blob, FORMAT);
    var count = readCount(in);
    var events = new ArrayList<EncodedMessage>(count);
    for (var i = 0; i < count; i++) {
      var type = readType(in);
      var schemaVersion = readSchemaVersion(in);
      events.add(new EncodedMessage(type, schemaVersion, in.readBytes("event data")));
    }
    in.readEnd();
    return events;
  }

  /**
   * The type names that occur, each once, without copying the events' bytes.
   *
   * @throws WireFormatException as {@link #decode}
   */
  public static Set<String> types(byte[] blob) {
    var types = new LinkedHashSet<String>();
    if (blob.length == 0) {
      return types;
    }
    var in = new BlobReader("events", blob, FORMAT);
    var count = readCount(in);
    for (var i = 0; i < count; i++) {
      types.add(readType(in));
      readSchemaVersion(in);
      in.skipBytes("event data");
    }
    in.readEnd();
    return types;
  }

  private static int readCount(BlobReader in) {
    var count = in.readCount("number of events", MIN_EVENT_BYTES);
    if (count == 0) {
      throw in.malformed("number of events", "is 0");
    }
    return count;
  }

  private static String readType(BlobReader in) {
    var type = in.readText("event type");
    if (type.isEmpty() || type.length() > EncodedMessage.MAX_TYPE_LENGTH) {
      throw in.malformed("event type", "has " + type.length() + " characters");
    }
    return type;
  }

  private static int readSchemaVersion(BlobReader in) {
    return in.readInt("schema version", 1, EncodedMessage.MAX_SCHEMA_VERSION);
  }
}
