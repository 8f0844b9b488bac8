package dev.anabranch.versions;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read and written with each commit, besides its own entry. Its size depends on how many
 * versions are live, not on how many commits there were.
 *
 * @param live the live versions, in (hlc, dot) order
 * @param lastNothingLeft the last resolution that is void since it would have left no live version;
 *     null: there is none
 * @param open how many entries compaction has not fixed
 * @param openAfterCompaction how many it left so the last time
 */
public record GraphSummary(
    List<Place> live, @Nullable Place lastNothingLeft, int open, int openAfterCompaction) {

  /** The summary of a graph without commits. */
  public static final GraphSummary EMPTY = new GraphSummary(List.of(), null, 0, 0);

  public GraphSummary {
    live = List.copyOf(live);
  }
}
