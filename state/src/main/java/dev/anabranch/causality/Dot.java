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
