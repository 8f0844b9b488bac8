package dev.anabranch.jobs.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What must never be printed: told by the key, and by what URLs are known to carry. */
public final class Secrets {

  static final String HIDDEN = "(hidden)";

  private static final List<String> SECRET_PARTS =
      List.of(
          "password", "secret", "sasl.jaas", "token", "credential", "keystore.key", "accesskey");

  private static final Pattern IN_QUERY =
      Pattern.compile("(?i)((?:password|secret|token)[a-z0-9]*=)[^&;\\s]*");
  private static final Pattern IN_AUTHORITY = Pattern.compile("//[^/@\\s]*@");

  private Secrets() {}

  /** Whether the value of this key is hidden wherever options are shown. */
  public static boolean isSecret(String key) {
    var lower = key.toLowerCase(Locale.ROOT);
    // The path of a file with a secret is none, and is what one needs to see.
    return SECRET_PARTS.stream().anyMatch(lower::contains)
        && !lower.endsWith("-file")
        && !lower.endsWith(".location");
  }

  /** The text without passwords that a URL may hold. */
  static String hideIn(String text) {
    var withoutQuery = IN_QUERY.matcher(text).replaceAll("$1" + HIDDEN);
    return IN_AUTHORITY.matcher(withoutQuery).replaceAll("//" + HIDDEN + "@");
  }
}
