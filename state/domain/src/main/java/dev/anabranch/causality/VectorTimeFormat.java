package dev.anabranch.causality;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a {@link VectorTime}: format version 1, the number of entries, then per entry the
 * region (length, ASCII) and the value. Numbers are base-128 varints, lowest seven bits first.
 */
final class VectorTimeFormat {

  private static final byte FORMAT = 1;
  private static final int MAX_VARINT_BYTES = 10;
  private static final int MIN_ENTRY_BYTES = 3;

  private final byte[] bytes;
  private int position;

  private VectorTimeFormat(byte[] bytes) {
    this.bytes = bytes;
  }

  static byte[] encode(VectorTime time) {
    var entryBytes = 1 + RegionId.MAX_LENGTH + MAX_VARINT_BYTES;
    var format = new VectorTimeFormat(new byte[1 + MAX_VARINT_BYTES + time.size() * entryBytes]);
    format.bytes[format.position++] = FORMAT;
    format.writeVarint(time.size());
    for (var i = 0; i < time.size(); i++) {
      var region = time.regionAt(i).value().getBytes(StandardCharsets.US_ASCII);
      format.writeVarint(region.length);
      System.arraycopy(region, 0, format.bytes, format.position, region.length);
      format.position += region.length;
      format.writeVarint(time.valueAt(i));
    }
    return Arrays.copyOf(format.bytes, format.position);
  }

  static VectorTime decode(byte[] encoded) {
    var format = new VectorTimeFormat(encoded);
    if (encoded.length == 0 || encoded[format.position++] != FORMAT) {
      throw malformed("its format is not " + FORMAT);
    }
    var count = format.readVarint();
    if (count > (encoded.length - format.position) / MIN_ENTRY_BYTES) {
      throw malformed("it is too short for " + count + " entries");
    }
    var regions = new RegionId[(int) count];
    var values = new long[(int) count];
    for (var i = 0; i < regions.length; i++) {
      regions[i] = format.readRegion();
      values[i] = format.readVarint();
    }
    if (format.position != encoded.length) {
      throw malformed("bytes follow its last entry");
    }
    return VectorTime.ofSorted(regions, values);
  }

  private RegionId readRegion() {
    var length = readVarint();
    if (length > RegionId.MAX_LENGTH || length > bytes.length - position) {
      throw malformed("a region of " + length + " bytes is cut off or too long");
    }
    // Not US_ASCII, which would turn a foreign byte into a replacement character.
    var region = new String(bytes, position, (int) length, StandardCharsets.ISO_8859_1);
    position += (int) length;
    return new RegionId(region);
  }

  private void writeVarint(long value) {
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[position++] = (byte) rest;
  }

  private long readVarint() {
    var value = 0L;
    for (var shift = 0; shift < 63; shift += 7) {
      if (position == bytes.length) {
        throw malformed("it is cut off");
      }
      var next = bytes[position++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        if (next == 0 && shift > 0) {
          throw malformed("a number is written longer than needed");
        }
        return value;
      }
    }
    throw malformed("a number exceeds 63 bits");
  }

  private static IllegalArgumentException malformed(String why) {
    return new IllegalArgumentException(
        "no encoded vector time: " + why + "; pass on what a reply or a row carried, unchanged");
  }
}
