package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import org.jspecify.annotations.Nullable;

/**
 * A commit that is kept and does not count.
 *
 * @param status why
 * @param cause the commit that it is void by; null if none in particular is
 */
public record Voided(Dot dot, CommitStatus status, @Nullable Dot cause)
    implements Comparable<Voided> {

  @Override
  public int compareTo(Voided other) {
    return dot.compareTo(other.dot);
  }
}
