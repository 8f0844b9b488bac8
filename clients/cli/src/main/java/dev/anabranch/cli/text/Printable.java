package dev.anabranch.cli.text;

import dev.anabranch.api.Quoted;

/** Text from users and stores, safe to print. */
public final class Printable {

  private Printable() {}

  /** Returns the text as it is, unless it could play tricks with the terminal. */
  public static String of(String text) {
    return text.chars().allMatch(Printable::isHarmless) ? text : Quoted.of(text);
  }

  private static boolean isHarmless(int c) {
    return c >= ' ' && (c < 0x7f || c >= 0xa0);
  }
}
