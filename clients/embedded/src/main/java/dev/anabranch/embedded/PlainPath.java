package dev.anabranch.embedded;

import java.nio.file.Path;

/**
 * Paths that every server reads as they are written. A blank ends a word for the database's install
 * script, a comma one of Kafka's folders; Flink takes a folder's percent-encoded name for another
 * folder. Who goes on with such a path gets files that lie elsewhere and are not found again.
 */
public final class PlainPath {

  private static final String TAKEN = "/._-+@=~";

  private PlainPath() {}

  /**
   * The path, made absolute.
   *
   * @param what is at the path, for the message
   * @param remedy how to name another one, for the message
   * @throws IllegalArgumentException naming the first character that is no letter or digit of ASCII
   *     and none of those that file names have otherwise
   */
  public static Path require(Path path, String what, String remedy) {
    var absolute = path.toAbsolutePath().normalize();
    var odd = absolute.toString().chars().filter(c -> !isPlain((char) c)).findFirst();
    if (odd.isPresent()) {
      throw new IllegalArgumentException(
          what
              + " can't be "
              + absolute
              + ": Kafka, Flink and the databases do not all take the character '"
              + (char) odd.getAsInt()
              + "' of it; use letters a to z, digits and "
              + TAKEN
              + " only. "
              + remedy);
    }
    return absolute;
  }

  private static boolean isPlain(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || TAKEN.indexOf(c) >= 0;
  }
}
