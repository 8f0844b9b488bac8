package dev.anabranch.api;

import java.util.Locale;

/**
 * Hostile text made safe for a log line or an error message: short, and without control characters.
 */
public final class Quoted {

  private static final int MAX_LENGTH = 80;

  private Quoted() {}

  public static String of(String text) {
    var shown = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    var out = new StringBuilder(shown.length() + 2).append('\'');
    shown
        .chars()
        .forEach(
            c -> {
              if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                out.append((char) c);
              }
            });
    return out.append('\'').toString();
  }
}
