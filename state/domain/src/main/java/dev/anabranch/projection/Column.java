package dev.anabranch.projection;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column of a {@link QueryTable}, with the values that it takes. A value is checked when a
 * projection gives it, so that a wrong one is known by its event and not by a failed statement.
 *
 * <p>Numbers and truth values are never NULL: a row that an increment makes has 0 and {@code false}
 * where nothing was set. All other columns but those of the key may be NULL, and are where nothing
 * was set.
 *
 * @param length of {@link Kind#TEXT} in code points, of {@link Kind#BYTES} in bytes, of {@link
 *     Kind#DECIMAL} in digits; else 0
 * @param scale digits after the point, of {@link Kind#DECIMAL}; else 0
 */
public record Column(String name, Kind kind, int length, int scale) {

  /** Most code points of a text that is stored with its row, and most bytes likewise. */
  public static final int MAX_LENGTH = 4_000;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final int MAX_LONG_TEXT_BYTES = (1 << 24) - 1;
  private static final int MAX_DIGITS = 65;
  private static final int MAX_SCALE = 30;
  private static final Instant MIN_TIME = Instant.parse("1000-01-01T00:00:00Z");
  private static final Instant END_OF_TIME = Instant.parse("+10000-01-01T00:00:00Z");

  /** What a column holds; in brackets the Java type of its values. */
  public enum Kind {
    /** Up to {@code length} code points, compared byte by byte (String). */
    TEXT,
    /** Up to 16 MiB of UTF-8; can't be part of a key or an index (String). */
    LONG_TEXT,
    /** 64 bits (Long or Integer). */
    INTEGER,
    /** Exact, with a fixed number of digits (BigDecimal). */
    DECIMAL,
    /** (Boolean). */
    BOOL,
    /** UTC, to the microsecond, years 1000 to 9999 (Instant). */
    TIMESTAMP,
    /** Up to {@code length} bytes (byte[]). */
    BYTES
  }

  public Column {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("column name '" + name + "' must match " + NAME.pattern());
    }
    var sized = kind == Kind.TEXT || kind == Kind.BYTES;
    if (sized && (length < 1 || length > MAX_LENGTH)) {
      throw new IllegalArgumentException(
          "length " + length + " of column " + name + " must be 1 to " + MAX_LENGTH);
    }
    if (kind == Kind.DECIMAL
        && (length < 1
            || length > MAX_DIGITS
            || scale < 0
            || scale > Math.min(length, MAX_SCALE))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              ("column %s has %d digits, %d of them after the point; there may be %d and %d"),
              name,
              length,
              scale,
              MAX_DIGITS,
              MAX_SCALE));
    }
  }

  public static Column text(String name, int maxCodePoints) {
    return new Column(name, Kind.TEXT, maxCodePoints, 0);
  }

  public static Column longText(String name) {
    return new Column(name, Kind.LONG_TEXT, 0, 0);
  }

  public static Column integer(String name) {
    return new Column(name, Kind.INTEGER, 0, 0);
  }

  /** A number with that many digits, {@code scale} of them after the point. */
  public static Column decimal(String name, int digits, int scale) {
    return new Column(name, Kind.DECIMAL, digits, scale);
  }

  public static Column bool(String name) {
    return new Column(name, Kind.BOOL, 0, 0);
  }

  public static Column timestamp(String name) {
    return new Column(name, Kind.TIMESTAMP, 0, 0);
  }

  public static Column bytes(String name, int maxBytes) {
    return new Column(name, Kind.BYTES, maxBytes, 0);
  }

  /** Whether its values can be added to. */
  public boolean isNumber() {
    return kind == Kind.INTEGER || kind == Kind.DECIMAL;
  }

  /** Whether it may be NULL where it is not part of the key. */
  public boolean isNullable() {
    return !isNumber() && kind != Kind.BOOL;
  }

  /** What a row has where nothing was set: 0, {@code false} or NULL. */
  public @Nullable Object absent() {
    return switch (kind) {
      case INTEGER -> 0L;
      case DECIMAL -> BigDecimal.ZERO.setScale(scale);
      case BOOL -> false;
      default -> null;
    };
  }

  /**
   * The value as it is stored: an Integer becomes a Long, a decimal gets the column's scale, a time
   * is cut to microseconds.
   *
   * @throws IllegalArgumentException if the column does not take it
   */
  public @Nullable Object checked(@Nullable Object value) {
    if (value == null) {
      require(isNullable(), "is never NULL");
      return null;
    }
    return switch (kind) {
      case TEXT -> checkedText(value, length);
      case LONG_TEXT -> checkedText(value, MAX_LONG_TEXT_BYTES);
      case INTEGER -> checkedInteger(value);
      case DECIMAL -> checkedDecimal(value);
      case BOOL -> checkedType(Boolean.class, value);
      case TIMESTAMP -> checkedTime(value);
      case BYTES -> checkedBytes(value);
    };
  }

  private Object checkedText(Object value, int limit) {
    var text = checkedType(String.class, value);
    var codePoints = 0;
    for (var i = 0; i < text.length(); codePoints++) {
      var codePoint = text.codePointAt(i);
      require(
          codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE,
          "takes Unicode, not half a character");
      i += Character.charCount(codePoint);
    }
    require(codePoints <= limit, "takes " + limit + " code points, not " + codePoints);
    if (kind == Kind.LONG_TEXT) {
      var bytes = text.getBytes(StandardCharsets.UTF_8).length;
      require(bytes <= MAX_LONG_TEXT_BYTES, "takes 16 MiB, not " + bytes + " bytes");
    }
    return text;
  }

  private Object checkedInteger(Object value) {
    return value instanceof Integer small ? Long.valueOf(small) : checkedType(Long.class, value);
  }

  private Object checkedDecimal(Object value) {
    var given = checkedType(BigDecimal.class, value);
    if (given.signum() == 0) {
      return BigDecimal.ZERO.setScale(scale);
    }
    // Digits are counted before any are written down: 1e100000000 is a short number to send.
    require(
        (long) given.precision() - given.scale() <= length - scale,
        "has " + (length - scale) + " digits before the point, the value " + given + " more");
    // Short of that many zeros at the end there are digits that the column has no place for.
    require(
        (long) given.scale() - given.precision() < scale
            && given.stripTrailingZeros().scale() <= scale,
        "has " + scale + " digits after the point, the value " + given + " more");
    return given.setScale(scale);
  }

  private Object checkedTime(Object value) {
    var time = checkedType(Instant.class, value).truncatedTo(ChronoUnit.MICROS);
    require(
        !time.isBefore(MIN_TIME) && time.isBefore(END_OF_TIME),
        "takes the years 1000 to 9999, not " + time);
    return time;
  }

  private Object checkedBytes(Object value) {
    var bytes = checkedType(byte[].class, value);
    require(bytes.length <= length, "takes " + length + " bytes, not " + bytes.length);
    return bytes.clone();
  }

  private <T> T checkedType(Class<T> type, Object value) {
    require(
        type.isInstance(value),
        "takes " + type.getSimpleName() + ", not " + value.getClass().getSimpleName());
    return type.cast(value);
  }

  private void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("column " + name + " " + what);
    }
  }

  /**
   * Writes the column as a table's {@link QueryTable#definition} does: {@code name
   * kind(length,scale)}.
   */
  @Override
  public String toString() {
    var size =
        switch (kind) {
          case TEXT, BYTES -> "(" + length + ")";
          case DECIMAL -> "(" + length + "," + scale + ")";
          default -> "";
        };
    return name + " " + kind.name().toLowerCase(java.util.Locale.ROOT) + size;
  }
}
