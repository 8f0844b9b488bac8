package dev.anabranch.wire.blob;

import dev.anabranch.model.Blobs;
import java.util.Arrays;

/**
 * Reads a blob that may be hostile: every read says which field it is for, nothing is allocated
 * beyond the bytes that are there, and whatever is wrong ends in a {@link WireFormatException}.
 */
public final class BlobReader {

  private final String blob;
  private final byte[] bytes;
  private int position;

  /** Starts behind the format version, which must be {@code format}. */
  public BlobReader(String blob, byte[] bytes, int format) {
    this.blob = blob;
    this.bytes = bytes;
    if (bytes.length == 0) {
      throw malformed("format version", "is missing");
    }
    if (bytes[position++] != format) {
      throw malformed("format version", "is " + bytes[0] + ", this release reads " + format);
    }
  }

  int readByte(String field) {
    if (position == bytes.length) {
      throw malformed(field, "is cut off");
    }
    return bytes[position++] & 0xff;
  }

  public long readNumber(String field) {
    var value = 0L;
    for (var shift = 0; shift < 63; shift += 7) {
      var next = readByte(field);
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw malformed(field, "is written longer than needed");
        }
        return value;
      }
    }
    throw malformed(field, "exceeds 63 bits");
  }

  public int readInt(String field, int min, int max) {
    var value = readNumber(field);
    if (value < min || value > max) {
      throw malformed(field, "is " + value + ", not " + min + " to " + max);
    }
    return (int) value;
  }

  /** A number of elements, of which each has at least {@code minBytes}. */
  int readCount(String field, int minBytes) {
    var count = readNumber(field);
    if (count > (bytes.length - position) / minBytes) {
      throw malformed(field, "is " + count + ", more than the bytes that follow can hold");
    }
    return (int) count;
  }

  public String readText(String field) {
    var length = readCount(field, 1);
    var text = Utf8.textOrNull(bytes, position, length);
    if (text == null) {
      throw malformed(field, "is not valid UTF-8");
    }
    position += length;
    return text;
  }

  byte[] readBytes(String field) {
    var length = readCount(field, 1);
    if (length == 0) {
      return Blobs.EMPTY;
    }
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  void skipBytes(String field) {
    var length = readCount(field, 1);
    position += length;
  }

  public void readEnd() {
    if (position != bytes.length) {
      throw malformed("end", "is followed by " + (bytes.length - position) + " more bytes");
    }
  }

  public WireFormatException malformed(String field, String problem) {
    return new WireFormatException(
        blob
            + ": "
            + field
            + " "
            + problem
            + " (at byte "
            + position
            + " of "
            + bytes.length
            + "); the bytes are damaged or of a newer release: read them again from their source,"
            + " or upgrade");
  }
}
