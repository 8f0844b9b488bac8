package dev.anabranch.wire;

import dev.anabranch.wire.blob.WireFormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * Times of microseconds as {@link Instant#toString} writes them. Every record of an events topic
 * has one, and {@link Instant}'s own formatter makes many objects for it: what it usually is, a
 * year of four digits in UTC, is written and read by hand here, all else by {@link Instant}.
 */
final class IsoTime {

  private static final int MICROS_PER_SECOND = 1_000_000;
  private static final int SECONDS_PER_DAY = 86_400;

  /** {@code yyyy-MM-ddTHH:mm:ss}. */
  private static final int WHOLE_LENGTH = 19;

  private static final String PATTERN = "dddd-dd-ddTdd:dd:dd";

  private IsoTime() {}

  /**
   * The time as text of ASCII characters.
   *
   * @param micros since the epoch
   */
  static byte[] format(long micros) {
    var second = Math.floorDiv(micros, (long) MICROS_PER_SECOND);
    var fraction = (int) Math.floorMod(micros, (long) MICROS_PER_SECOND);
    var date = LocalDate.ofEpochDay(Math.floorDiv(second, (long) SECONDS_PER_DAY));
    if (date.getYear() < 0 || date.getYear() > 9_999) {
      return Headers.ascii(Instant.ofEpochSecond(second, fraction * 1_000L).toString());
    }
    var ofDay = (int) Math.floorMod(second, (long) SECONDS_PER_DAY);
    var decimals = fraction == 0 ? 0 : fraction % 1_000 == 0 ? 3 : 6;
    var text = new byte[WHOLE_LENGTH + (decimals == 0 ? 0 : decimals + 1) + 1];
    write(text, 0, 4, date.getYear());
    text[4] = '-';
    write(text, 5, 2, date.getMonthValue());
    text[7] = '-';
    write(text, 8, 2, date.getDayOfMonth());
    text[10] = 'T';
    write(text, 11, 2, ofDay / 3_600);
    text[13] = ':';
    write(text, 14, 2, ofDay / 60 % 60);
    text[16] = ':';
    write(text, 17, 2, ofDay % 60);
    if (decimals > 0) {
      text[WHOLE_LENGTH] = '.';
      write(text, WHOLE_LENGTH + 1, decimals, decimals == 3 ? fraction / 1_000 : fraction);
    }
    text[text.length - 1] = 'Z';
    return text;
  }

  /**
   * Microseconds since the epoch.
   *
   * @throws DateTimeException if the text is no time
   * @throws WireFormatException if it has more than six decimals
   * @throws ArithmeticException if the time is beyond 64 bits of microseconds
   */
  static long parse(String text) {
    return isUsual(text) ? parseUsual(text) : micros(Instant.parse(text));
  }

  private static boolean isUsual(String text) {
    var length = text.length();
    if (length <= WHOLE_LENGTH || text.charAt(length - 1) != 'Z') {
      return false;
    }
    for (var i = 0; i < WHOLE_LENGTH; i++) {
      var expected = PATTERN.charAt(i);
      if (expected == 'd' ? !isDigit(text.charAt(i)) : text.charAt(i) != expected) {
        return false;
      }
    }
    // Instant also takes midnight as 24:00, and leap seconds.
    if (number(text, 11, 2) > 23 || number(text, 14, 2) > 59 || number(text, 17, 2) > 59) {
      return false;
    }
    return length == WHOLE_LENGTH + 1 || hasUsualDecimals(text);
  }

  private static boolean hasUsualDecimals(String text) {
    var decimals = text.length() - WHOLE_LENGTH - 2;
    if (text.charAt(WHOLE_LENGTH) != '.' || decimals < 1 || decimals > 6) {
      return false;
    }
    for (var i = WHOLE_LENGTH + 1; i < text.length() - 1; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static long parseUsual(String text) {
    var date = LocalDate.of(number(text, 0, 4), number(text, 5, 2), number(text, 8, 2));
    var second =
        date.toEpochDay() * SECONDS_PER_DAY
            + number(text, 11, 2) * 3_600L
            + number(text, 14, 2) * 60L
            + number(text, 17, 2);
    var fraction = 0;
    if (text.length() > WHOLE_LENGTH + 1) {
      var decimals = text.length() - WHOLE_LENGTH - 2;
      fraction = number(text, WHOLE_LENGTH + 1, decimals);
      for (var i = decimals; i < 6; i++) {
        fraction *= 10;
      }
    }
    return second * MICROS_PER_SECOND + fraction;
  }

  private static long micros(Instant instant) {
    if (instant.getNano() % 1_000 != 0) {
      throw Headers.malformed(Headers.TIME, "has more than six decimals; check the producer");
    }
    var micros = instant.getNano() / 1_000;
    var second = instant.getEpochSecond();
    // Towards zero first, or the earliest time of all would overflow on the way.
    return second < 0
        ? Math.addExact(Math.multiplyExact(second + 1, 1_000_000L), micros - 1_000_000L)
        : Math.addExact(Math.multiplyExact(second, 1_000_000L), micros);
  }

  private static void write(byte[] text, int at, int digits, int number) {
    var rest = number;
    for (var i = at + digits - 1; i >= at; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static int number(String text, int at, int digits) {
    var number = 0;
    for (var i = at; i < at + digits; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
