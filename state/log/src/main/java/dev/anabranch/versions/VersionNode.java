package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.RowKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the graph knows of one commit; its events stay elsewhere. The same in every region, but for
 * a tombstone, which lacks what the filter withheld.
 *
 * @param kind commit, resolution, tombstone or home move
 * @param context per origin, how many of the aggregate's commits the decider had applied
 * @param parents the live branches that the commit extends; of a resolution that merges the
 *     selected version, of another one none
 * @param resolverId the resolver that made one state of several parents; empty: none was needed
 * @param commandId null if no command stands behind the commit, or a filter withheld it
 * @param resolution of a resolution, and of nothing else
 */
public record VersionNode(
    Dot dot,
    long hlc,
    RowKind kind,
    VectorTime context,
    List<Dot> parents,
    String resolverId,
    @Nullable String commandId,
    @Nullable Resolution resolution) {

  /**
   * @throws IllegalArgumentException if the parts contradict each other
   */
  public VersionNode {
    parents = List.copyOf(parents);
    check(kind.hasVersion() || isTombstone(kind), dot, "is of kind " + kind);
    check(
        (kind == RowKind.RESOLUTION) == (resolution != null),
        dot,
        "must carry a resolution if, and only if, it is one");
    check(hlc > 0, dot, "has no hybrid logical time");
    check(!context.covers(dot), dot, "has itself in its context " + context);
    if (resolution != null) {
      var extended = resolution.merges() ? List.of(resolution.selected()) : List.of();
      check(parents.equals(extended), dot, "extends " + parents + "; its resolution: " + extended);
    } else if (!isTombstone(kind)) {
      for (var parent : parents) {
        check(context.covers(parent), dot, "extends " + parent + ", which it had not seen");
      }
    }
  }

  public OrderedDot orderedDot() {
    return new OrderedDot(dot, hlc);
  }

  /** Whether only a tombstone of it is here. */
  public boolean isHollow() {
    return isTombstone(kind);
  }

  /** Whether it makes a version if it counts: all but tombstones, and choices without a merge. */
  boolean makesVersion() {
    return !isHollow() && (resolution == null || resolution.merges());
  }

  /** The versions that its own is built on. */
  List<Dot> extended() {
    return parents.stream().filter(context::covers).toList();
  }

  private static boolean isTombstone(RowKind kind) {
    return kind == RowKind.TOMBSTONE;
  }

  private static void check(boolean holds, Dot dot, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("commit " + dot + " " + problem);
    }
  }
}
