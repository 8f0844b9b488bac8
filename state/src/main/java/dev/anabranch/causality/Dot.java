package dev.anabranch.causality;

import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

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

  /** The dots of the first set that the second lacks, ascending. */
  public static SortedSet<Dot> subtract(Collection<Dot> dots, Collection<Dot> others) {
    var rest = new TreeSet<>(dots);
    others.forEach(rest::remove);
    return rest;
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
