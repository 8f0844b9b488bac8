package dev.anabranch.model.message;

import java.nio.charset.StandardCharsets;

/** One header of a message: a name, possibly repeated, and its bytes (shared, not copied). */
@SuppressWarnings("ArrayRecordComponent") // never compared with equals
public record RecordHeader(String name, byte[] value) {
  public static RecordHeader of(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
