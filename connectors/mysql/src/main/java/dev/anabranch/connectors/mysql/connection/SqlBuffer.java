package dev.anabranch.connectors.mysql.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A statement under construction, as the bytes that the server will read.
 *
 * <p><b>Escaping.</b> A value is written {@code _binary'...'} with each quote doubled and every
 * other byte as it is. This is complete and correct because each connection has sql_mode
 * NO_BACKSLASH_ESCAPES and the single-byte character set latin1, and each session proves it with
 * all 256 bytes before its first statement ({@link SessionStart}). {@link #toStatement} makes a
 * String with one char per byte, which the driver, encoding with ISO-8859-1, turns back into these
 * bytes: two copies, no work per byte.
 *
 * <p><b>Bounds.</b> Reused from statement to statement; {@link #clear} drops an array that one
 * large statement made.
 *
 * <p><b>Threads.</b> One.
 */
public final class SqlBuffer {

  private static final int INITIAL_BYTES = 1 << 16;
  private static final int MAX_KEPT_BYTES = 1 << 22;
  private static final int MAX_DIGITS = 20;

  private static final byte[] BINARY = ascii("_binary'");
  private static final byte[] TEXT = ascii("_utf8mb4'");

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int size;

  /** A piece of SQL for {@link #sql}. */
  public static byte[] ascii(String sql) {
    return sql.getBytes(ISO_8859_1);
  }

  public void clear() {
    size = 0;
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
  }

  public int size() {
    return size;
  }

  /** Takes back everything after the first {@code newSize} bytes. */
  public void truncate(int newSize) {
    size = newSize;
  }

  public SqlBuffer sql(byte[] ascii) {
    ensure(ascii.length);
    System.arraycopy(ascii, 0, bytes, size, ascii.length);
    size += ascii.length;
    return this;
  }

  public SqlBuffer sql(String ascii) {
    return sql(ascii(ascii));
  }

  public SqlBuffer sql(char ascii) {
    ensure(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  public SqlBuffer number(long value) {
    ensure(MAX_DIGITS);
    if (value == Long.MIN_VALUE) {
      return sql(Long.toString(value)); // has no positive counterpart
    }
    var rest = value;
    if (rest < 0) {
      bytes[size++] = '-';
      rest = -rest;
    }
    var end = size + digits(rest);
    for (var at = end; at > size; rest /= 10) {
      bytes[--at] = (byte) ('0' + rest % 10);
    }
    size = end;
    return this;
  }

  private static int digits(long value) {
    var digits = 1;
    for (var bound = 10L; digits < 19 && value >= bound; bound *= 10) {
      digits++;
    }
    return digits;
  }

  /** A text as UTF-8, in which no byte of a longer character is a quote. */
  public SqlBuffer text(String value) {
    return quoted(TEXT, value.getBytes(UTF_8));
  }

  /** A binary value. */
  public SqlBuffer binary(byte[] value) {
    return quoted(BINARY, value);
  }

  private SqlBuffer quoted(byte[] introducer, byte[] value) {
    ensure(introducer.length + 2 * value.length + 1);
    sql(introducer);
    var copied = 0;
    for (var i = 0; i < value.length; i++) {
      if (value[i] == '\'') {
        copied = copy(value, copied, i + 1);
        bytes[size++] = '\'';
      }
    }
    copy(value, copied, value.length);
    bytes[size++] = '\'';
    return this;
  }

  private int copy(byte[] value, int from, int to) {
    System.arraycopy(value, from, bytes, size, to - from);
    size += to - from;
    return to;
  }

  /** The UTF-8 bytes of a text as a binary value. */
  public SqlBuffer binary(String value) {
    var length = value.length();
    ensure(BINARY.length + 2 * length + 1);
    var start = size;
    sql(BINARY);
    for (var i = 0; i < length; i++) {
      var c = value.charAt(i);
      if (c >= 0x80) {
        size = start;
        return binary(value.getBytes(UTF_8));
      }
      bytes[size++] = (byte) c;
      if (c == '\'') {
        bytes[size++] = (byte) c;
      }
    }
    bytes[size++] = '\'';
    return this;
  }

  public String toStatement() {
    return new String(bytes, 0, size, ISO_8859_1);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), 2 * bytes.length));
    }
  }
}
