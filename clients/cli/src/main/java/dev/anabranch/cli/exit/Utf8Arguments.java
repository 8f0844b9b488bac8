package dev.anabranch.cli.exit;

/**
 * The JVM decodes arguments by the locale, and puts a replacement character where that fails: under
 * {@code LC_ALL=C} for all that is not ASCII. Three aggregates would be one.
 */
public final class Utf8Arguments {

  public static final String REMEDY =
      "this locale can't say it; use one with UTF-8, e.g. LC_ALL=C.UTF-8, and write UTF-8";

  private static final char REPLACEMENT = '\uFFFD';

  private Utf8Arguments() {}

  /**
   * @throws CliException naming the argument that could not be decoded
   */
  public static void check(String... args) {
    for (var i = 0; i < args.length; i++) {
      if (args[i].indexOf(REPLACEMENT) >= 0) {
        throw CliException.usage(
            "argument " + (i + 1) + ", " + args[i] + ", is garbled: " + REMEDY);
      }
    }
  }
}
