package dev.anabranch.wire.blob;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Strict UTF-8: what is not valid is refused, not replaced. */
public final class Utf8 {

  private Utf8() {}

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** How many bytes {@link #bytes} gives, without making them. */
  public static int length(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return bytes(text).length;
      }
    }
    return text.length();
  }

  /** The text; null if the bytes are not valid UTF-8. */
  public static @Nullable String textOrNull(byte[] bytes) {
    return textOrNull(bytes, 0, bytes.length);
  }

  static @Nullable String textOrNull(byte[] bytes, int from, int length) {
    // Nearly all names and ids are ASCII, which needs no decoder.
    for (var i = from; i < from + length; i++) {
      if (bytes[i] < 0) {
        return decodedOrNull(bytes, from, length);
      }
    }
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  private static @Nullable String decodedOrNull(byte[] bytes, int from, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
