package dev.anabranch.versions;

import dev.anabranch.causality.Dot;

/**
 * A commit and its place in the canonical order, by (hlc, dot). A commit comes after everything
 * that its decider had seen, so this order never puts an effect before its cause.
 */
public record OrderedDot(Dot dot, long hlc) implements Comparable<OrderedDot> {

  @Override
  public int compareTo(OrderedDot other) {
    var byHlc = Long.compare(hlc, other.hlc);
    return byHlc != 0 ? byHlc : dot.compareTo(other.dot);
  }

  @Override
  public String toString() {
    return dot + "@" + hlc;
  }
}
