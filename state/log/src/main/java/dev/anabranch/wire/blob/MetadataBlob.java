package dev.anabranch.wire.blob;

import dev.anabranch.model.Blobs;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Metadata as stored: format 1, the number of entries, then names and values, sorted by name: equal
 * metadata makes equal bytes.
 *
 * <p><b>Bounds.</b> {@link #MAX_ENTRIES} entries, and {@link #MAX_BYTES} of names and values in
 * all.
 */
public final class MetadataBlob {

  public static final int MAX_ENTRIES = 32;
  public static final int MAX_BYTES = 8 * 1024;

  private static final int FORMAT = 1;

  private MetadataBlob() {}

  /**
   * The metadata as stored.
   *
   * @throws IllegalArgumentException if the metadata exceeds a limit
   */
  public static byte[] encode(Map<String, String> metadata) {
    if (metadata.isEmpty()) {
      return Blobs.EMPTY;
    }
    if (metadata.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          metadata.size() + " metadata entries; " + MAX_ENTRIES + " is the limit");
    }
    var out = new BlobWriter(FORMAT, 64 * metadata.size());
    out.writeNumber(metadata.size());
    var bytes = 0L;
    for (var entry : new TreeMap<>(metadata).entrySet()) {
      var name = Utf8.bytes(entry.getKey());
      var value = Utf8.bytes(entry.getValue());
      bytes += name.length + value.length;
      out.writeBytes(name);
      out.writeBytes(value);
    }
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          bytes + " bytes of metadata; " + MAX_BYTES + " is the limit");
    }
    return out.toByteArray();
  }

  /**
   * Name and value of each entry, in the order of names.
   *
   * @throws WireFormatException if the bytes are not those of {@link #encode}
   */
  public static Map<String, String> decode(byte[] blob) {
    if (blob.length == 0) {
      return Map.of();
    }
    var in = new BlobReader("metadata", blob, FORMAT);
    var count = in.readInt("number of entries", 1, MAX_ENTRIES);
    var metadata = new LinkedHashMap<String, String>();
    var previous = "";
    for (var i = 0; i < count; i++) {
      var name = in.readText("name");
      if (i > 0 && previous.compareTo(name) >= 0) {
        throw in.malformed("name", "is out of order");
      }
      metadata.put(name, in.readText("value"));
      previous = name;
    }
    in.readEnd();
    return metadata;
  }
}
