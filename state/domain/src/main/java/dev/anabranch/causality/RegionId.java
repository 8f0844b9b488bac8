package dev.anabranch.causality;

/**
 * Name of a region, {@code [a-z0-9-]{1,16}}: the key of a vector time's entries. Ordered by bytes.
 */
public record RegionId(String value) implements Comparable<RegionId> {

  public static final int MAX_LENGTH = 16;

  public RegionId {
    check(value);
  }

  /**
   * Refuses what is no name of a region.
   *
   * @throws IllegalArgumentException says what a name looks like
   */
  public static void check(String value) {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "region '" + value + "' must match [a-z0-9-]{1,16}, e.g. eu-west");
    }
  }

  // By hand, not by a regular expression: read with every stored commit.
  private static boolean isValid(String value) {
    var length = value.length();
    for (var i = 0; i < length; i++) {
      var c = value.charAt(i);
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
        return false;
      }
    }
    return length >= 1 && length <= MAX_LENGTH;
  }

  @Override
  public int compareTo(RegionId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
