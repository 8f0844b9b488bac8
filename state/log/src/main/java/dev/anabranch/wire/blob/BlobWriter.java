package dev.anabranch.wire.blob;

import java.util.Arrays;

/**
 * Writes a blob: its format version, then numbers as varints, texts and bytes with their length.
 */
public final class BlobWriter {

  private static final int MAX_VARINT_BYTES = 9;

  private byte[] bytes;
  private int size;

  public BlobWriter(int format, int expectedSize) {
    this.bytes = new byte[Math.max(16, expectedSize)];
    writeByte(format);
  }

  void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  /**
   * @param value 0 or more
   */
  public void writeNumber(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("only numbers from 0 on are stored, not " + value);
    }
    ensure(MAX_VARINT_BYTES);
    var rest = value;
    while (rest > 0x7f) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  public void writeText(String text) {
    writeBytes(Utf8.bytes(text));
  }

  void writeBytes(byte[] value) {
    writeNumber(value.length);
    ensure(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  public byte[] toByteArray() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }
}
