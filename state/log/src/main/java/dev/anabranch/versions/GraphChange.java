package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.List;
import java.util.Set;

/**
 * What one commit did to the graph.
 *
 * @param before the live branches before, in (hlc, dot) order
 * @param live those after
 * @param voided commits that do not count any more, or for another reason, the new one among them
 * @param restored commits that count again
 * @param rederived versions known before whose own parents are read differently: their state and
 *     that of all built on them must be derived again
 */
public record GraphChange(
    List<OrderedDot> before,
    List<OrderedDot> live,
    List<Voided> voided,
    List<Dot> restored,
    Set<Dot> rederived) {

  public GraphChange {
    before = List.copyOf(before);
    live = List.copyOf(live);
    voided = List.copyOf(voided);
    restored = List.copyOf(restored);
    rederived = Set.copyOf(rederived);
  }

  static GraphChange none(List<OrderedDot> live) {
    return new GraphChange(live, live, List.of(), List.of(), Set.of());
  }

  /** Whether more than one version is live. */
  public boolean isConflict() {
    return live.size() > 1;
  }
}
