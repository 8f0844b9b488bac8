package dev.anabranch.model;

import dev.anabranch.api.Quoted;

/**
 * Identity of an aggregate: its type and its id within the type. Written {@code type/id}; the type
 * holds no slash, so this is unambiguous.
 *
 * @param type {@code [A-Za-z0-9._-]{1,64}}
 * @param id 1 to 128 bytes of UTF-8, any characters; compared byte by byte
 */
public record AggregateKey(String type, String id) {

  public static final int MAX_ID_BYTES = 128;
  public static final int MAX_TYPE_LENGTH = 64;

  /**
   * @throws IllegalArgumentException if type or id break a limit; the message names which
   */
  public AggregateKey {
    if (!isType(type)) {
      throw new IllegalArgumentException(
          "aggregate type " + Quoted.of(type) + " must match [A-Za-z0-9._-]{1,64}");
    }
    checkUtf8("aggregate id", id, MAX_ID_BYTES);
  }

  /**
   * Checks both parts.
   *
   * @throws IllegalArgumentException if the text is not {@code type/id}
   */
  public static AggregateKey parse(String text) {
    var slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "aggregate key " + Quoted.of(text) + " must read type/id, e.g. Account/4711");
    }
    return new AggregateKey(text.substring(0, slash), text.substring(slash + 1));
  }

  /** Whether the constructor would take them. */
  public static boolean isValid(String type, String id) {
    var idBytes = isType(type) && !id.isEmpty() ? utf8Length(id) : -1;
    return idBytes >= 0 && idBytes <= MAX_ID_BYTES;
  }

  @Override
  public String toString() {
    return type + '/' + id;
  }

  // No regular expression and no encoder: this runs several times for every command.
  private static boolean isType(String type) {
    var length = type.length();
    for (var i = 0; i < length; i++) {
      var c = type.charAt(i);
      var valid =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!valid) {
        return false;
      }
    }
    return length >= 1 && length <= MAX_TYPE_LENGTH;
  }

  public static void checkUtf8(String what, String value, int maxBytes) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(what + " is empty; give it 1 to " + maxBytes + " bytes");
    }
    var bytes = utf8Length(value);
    if (bytes < 0) {
      throw new IllegalArgumentException(
          what + " " + Quoted.of(value) + " holds half of a surrogate pair; send valid Unicode");
    }
    if (bytes > maxBytes) {
      throw new IllegalArgumentException(
          what + " " + Quoted.of(value) + " is longer than " + maxBytes + " bytes of UTF-8");
    }
  }

  /** Length in bytes; negative: half of a surrogate pair is among the characters. */
  private static int utf8Length(String value) {
    var bytes = 0;
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (i + 1 < value.length() && Character.isSurrogatePair(c, value.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        return -1;
      }
    }
    return bytes;
  }
}
