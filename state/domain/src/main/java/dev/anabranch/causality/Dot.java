package dev.anabranch.causality;

/**
 * Identity of a commit within its aggregate, the same in every region: the {@code n}-th commit of
 * the aggregate that originated in {@code origin}.
 *
 * @param n from 1, without gaps
 */
public record Dot(RegionId origin, long n) implements Comparable<Dot> {
  public Dot {
    if (n < 1) {
      throw new IllegalArgumentException("a dot counts from 1, not " + n);
    }
  }

  /**
   * The dot of a text such as {@code a:3}, as {@link #toString} writes it.
   *
   * @throws IllegalArgumentException if the text is no dot
   */
  public static Dot parse(String text) {
    var colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + text + "' is no version; write region:n, as a:3");
    }
    return new Dot(
        new RegionId(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  @Override
  public int compareTo(Dot other) {
    var byOrigin = origin.compareTo(other.origin);
    return byOrigin != 0 ? byOrigin : Long.compare(n, other.n);
  }

  @Override
  public String toString() {
    return origin + ":" + n;
  }
}
