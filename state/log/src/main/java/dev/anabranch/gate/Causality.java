package dev.anabranch.gate;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import java.util.List;

/**
 * What a commit was decided on: stored and sent with it.
 *
 * @param context per origin, how many of the aggregate's commits the decider had applied
 * @param parents the live branches that the commit extends; none: it is the aggregate's first
 * @param dependencies per origin, the hybrid logical time up to which the commit depends on that
 *     region's commits, of any aggregate; the own entry is the commit's own time
 * @param resolverId the resolver that made one state of several parents; empty: none was needed
 */
public record Causality(
    VectorTime context, List<Dot> parents, VectorTime dependencies, String resolverId) {

  /** The causality of a row that is no commit. */
  public static final Causality NONE =
      new Causality(VectorTime.ZERO, List.of(), VectorTime.ZERO, "");

  public Causality {
    parents = List.copyOf(parents);
  }
}
