package dev.anabranch.gate;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;

/**
 * What the gate needs to know of a commit that arrived, without its payload.
 *
 * @param hlc hybrid logical time of the commit
 * @param context per origin, how many of the aggregate's commits its decider had applied
 * @param tombstone whether a filter withheld the payload
 */
public record Arrival(Dot dot, long hlc, VectorTime context, boolean tombstone)
    implements Comparable<Arrival> {

  /** By (hlc, dot), which is an order that causes come before effects in; a tombstone last. */
  @Override
  public int compareTo(Arrival other) {
    var byHlc = Long.compare(hlc, other.hlc);
    if (byHlc != 0) {
      return byHlc;
    }
    var byDot = dot.compareTo(other.dot);
    return byDot != 0 ? byDot : Boolean.compare(tombstone, other.tombstone);
  }
}
