package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the stored graph: a commit, and how it is read given all the others.
 *
 * @param node the commit as it came
 * @param status whether it counts
 * @param cause of a void commit: the one that it is void by, if one is
 * @param links what it extends, as it says; compaction replaces what it drops
 * @param edges versions that its own is built on, each of which counts, in (hlc, dot) order; of one
 *     that makes no version: what an edge to it is read as
 * @param settled whether compaction has fixed this entry
 */
public record GraphEntry(
    VersionNode node,
    CommitStatus status,
    @Nullable Dot cause,
    List<Dot> links,
    List<OrderedDot> edges,
    CompactionState settled) {

  public GraphEntry {
    links = List.copyOf(links);
    edges = List.copyOf(edges);
  }

  static GraphEntry open(
      VersionNode node, CommitStatus status, @Nullable Dot cause, List<OrderedDot> to) {
    return new GraphEntry(node, status, cause, node.extended(), to, CompactionState.OPEN);
  }

  public Dot dot() {
    return node.dot();
  }

  public OrderedDot orderedDot() {
    return node.orderedDot();
  }

  /** Whether others can be built on it: it counts and has events. */
  public boolean isVersion() {
    return status == CommitStatus.COUNTS && node.makesVersion();
  }

  boolean isOpen() {
    return settled == CompactionState.OPEN;
  }

  GraphEntry read(CommitStatus newStatus, @Nullable Dot newCause, List<OrderedDot> newEdges) {
    return new GraphEntry(node, newStatus, newCause, links, newEdges, settled);
  }

  /** This entry, of a tombstone, with the commit that it stood for. */
  GraphEntry filled(VersionNode payload) {
    return new GraphEntry(payload, CommitStatus.COUNTS, null, links, edges, settled);
  }

  GraphEntry relinked(List<Dot> newLinks) {
    return new GraphEntry(node, status, cause, newLinks, edges, settled);
  }

  GraphEntry settled(CompactionState as, List<OrderedDot> newEdges) {
    return new GraphEntry(
        node, status, cause, newEdges.stream().map(OrderedDot::dot).toList(), newEdges, as);
  }
}
