package dev.anabranch.versions;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is read and written with each commit, besides its own entry. Its size depends on how many
 * versions are live, not on how many commits there were.
 *
 * @param live the live branches, in (hlc, dot) order
 * @param lastNothingLeft the last resolution that is void since it would have left no live branch;
 *     null: there is none
 * @param open how many entries compaction has not fixed
 * @param openAfterCompaction how many it left so the last time
 * @param resolvers those that stored states rest on, each once; perhaps some more, of states that
 *     are gone
 */
public record GraphSummary(
    List<OrderedDot> live,
    @Nullable OrderedDot lastNothingLeft,
    int open,
    int openAfterCompaction,
    List<UsedResolver> resolvers) {

  /**
   * A resolver that made one state of several versions, on which stored states rest.
   *
   * @param named the id that the commit names; empty: it names none
   * @param used id of the resolver that was taken: the same, or of the one that serves where none
   *     is named
   */
  public record UsedResolver(String named, String used) {}

  /** The summary of a graph without commits. */
  public static final GraphSummary EMPTY = new GraphSummary(List.of(), null, 0, 0, List.of());

  public GraphSummary {
    live = List.copyOf(live);
    resolvers = List.copyOf(resolvers);
  }

  /**
   * A resolver that is gone, or in whose place another one is; null: there is none.
   *
   * @param resolverFor see {@link VersionFolding#resolverFor}
   */
  public @Nullable UsedResolver goneResolver(Function<String, @Nullable String> resolverFor) {
    for (var resolver : resolvers) {
      if (!resolver.used().equals(resolverFor.apply(resolver.named()))) {
        return resolver;
      }
    }
    return null;
  }

  /** After a commit, or a compaction. */
  GraphSummary after(
      List<OrderedDot> nowLive,
      @Nullable OrderedDot nowNothingLeft,
      int nowOpen,
      int nowOpenAfter) {
    return new GraphSummary(nowLive, nowNothingLeft, nowOpen, nowOpenAfter, resolvers);
  }

  GraphSummary with(UsedResolver resolver) {
    var more = new ArrayList<>(resolvers);
    more.add(resolver);
    return new GraphSummary(live, lastNothingLeft, open, openAfterCompaction, more);
  }
}
