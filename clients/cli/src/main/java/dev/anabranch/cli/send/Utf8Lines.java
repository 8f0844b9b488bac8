package dev.anabranch.cli.send;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text, which must be UTF-8. A line that is not is told apart from the others, which
 * are read. A byte order mark at the beginning is skipped.
 *
 * <p><b>Bounds.</b> A line has {@value #MAX_LINE_BYTES} bytes at most, far more than Kafka takes; a
 * longer one is told apart too.
 *
 * <p><b>Threads.</b> One.
 */
public final class Utf8Lines implements AutoCloseable {

  private static final int MAX_LINE_BYTES = 16 << 20;
  private static final int MARK_BYTES = 3;

  private final InputStream in;
  private long number;
  private boolean afterReturn;

  /**
   * A line, numbered from 1.
   *
   * @param text empty if there is a problem
   * @param problem null: none
   */
  public record Line(long number, String text, @Nullable String problem) {}

  private Utf8Lines(InputStream in) {
    this.in = in;
  }

  /**
   * @param name for messages
   * @throws IllegalArgumentException if it says of itself that it is UTF-16
   */
  public static Utf8Lines of(String name, InputStream in) throws IOException {
    var buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(MARK_BYTES);
    var start = buffered.readNBytes(MARK_BYTES);
    if (isMark(start, 0xFE, 0xFF) || isMark(start, 0xFF, 0xFE)) {
      throw new IllegalArgumentException(
          name + " is UTF-16; make it UTF-8, e.g. with iconv -f UTF-16 -t UTF-8");
    }
    if (!isMark(start, 0xEF, 0xBB, 0xBF)) {
      buffered.reset();
    }
    return new Utf8Lines(buffered);
  }

  /** How many lines there were so far. */
  public long number() {
    return number;
  }

  /** The next line; null after the last one. */
  public @Nullable Line next() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var tooLong = false;
    var any = false;
    for (var next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n' && afterReturn) {
        afterReturn = false;
        continue;
      }
      any = true;
      afterReturn = next == '\r';
      if (next == '\n' || next == '\r') {
        return line(bytes, tooLong);
      }
      if (bytes.size() < MAX_LINE_BYTES) {
        bytes.write(next);
      } else {
        tooLong = true;
      }
    }
    return any ? line(bytes, tooLong) : null;
  }

  private Line line(ByteArrayOutputStream bytes, boolean tooLong) {
    number++;
    if (tooLong) {
      return new Line(number, "", "is longer than " + MAX_LINE_BYTES + " bytes");
    }
    var encoded = ByteBuffer.wrap(bytes.toByteArray());
    try {
      return new Line(number, StandardCharsets.UTF_8.newDecoder().decode(encoded).toString(), null);
    } catch (CharacterCodingException e) {
      return new Line(
          number,
          "",
          "is not UTF-8 from byte "
              + (encoded.position() + 1)
              + " on; is it Latin-1? Then convert it, e.g. with iconv -f ISO-8859-1 -t UTF-8");
    }
  }

  private static boolean isMark(byte[] start, int... mark) {
    for (var i = 0; i < mark.length; i++) {
      if (i >= start.length || (start[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
