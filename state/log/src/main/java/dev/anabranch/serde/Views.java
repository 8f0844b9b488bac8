package dev.anabranch.serde;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Numbers as varints (lowest seven bits first), texts and bytes with their length. */
final class Views {

  private static final byte[] NOTHING = {};
  private static final int CHUNK = 1 << 20;

  private Views() {}

  /** Any long; small positive ones are short. */
  static void writeNumber(long value, DataOutputView out) throws IOException {
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  static long readNumber(DataInputView in) throws IOException {
    var value = 0L;
    for (var shift = 0; shift < Long.SIZE; shift += 7) {
      var next = in.readByte();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a stored number is longer than 64 bits; the state is damaged");
  }

  static int readInt(DataInputView in) throws IOException {
    return readInt(in, Integer.MAX_VALUE);
  }

  static int readInt(DataInputView in, int max) throws IOException {
    var value = readNumber(in);
    if (value < 0 || value > max) {
      throw new IOException(
          "a stored number is " + value + ", not 0 to " + max + "; the state is damaged");
    }
    return (int) value;
  }

  static void writeBytes(byte[] value, DataOutputView out) throws IOException {
    writeNumber(value.length, out);
    out.write(value);
  }

  static byte[] readBytes(DataInputView in) throws IOException {
    var length = readInt(in);
    if (length == 0) {
      return NOTHING;
    }
    // A damaged length must end in an error, not in an allocation of gigabytes.
    var value = new byte[Math.min(length, CHUNK)];
    in.readFully(value);
    while (value.length < length) {
      var read = value.length;
      value = Arrays.copyOf(value, (int) Math.min(length, 2L * read));
      in.readFully(value, read, value.length - read);
    }
    return value;
  }

  static void writeText(String value, DataOutputView out) throws IOException {
    writeBytes(value.getBytes(StandardCharsets.UTF_8), out);
  }

  static String readText(DataInputView in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }
}
