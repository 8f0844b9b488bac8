package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the stored graph: a commit, and how it is read given all the others.
 *
 * @param node the commit as it came
 * @param standing whether it counts
 * @param cause of a void commit: the one that it is void by, if one is
 * @param links what it extends, as it says; compaction replaces what it drops
 * @param edges versions that its own is built on, each of which counts, in (hlc, dot) order; of one
 *     that makes no version: what an edge to it is read as
 * @param settled whether compaction has fixed this entry
 */
public record GraphEntry(
    VersionNode node,
    Standing standing,
    @Nullable Dot cause,
    List<Dot> links,
    List<Place> edges,
    Settled settled) {

  public GraphEntry {
    links = List.copyOf(links);
    edges = List.copyOf(edges);
  }

  static GraphEntry open(VersionNode node, Standing standing, @Nullable Dot cause, List<Place> to) {
    return new GraphEntry(node, standing, cause, node.extended(), to, Settled.OPEN);
  }

  public Dot dot() {
    return node.dot();
  }

  public Place place() {
    return node.place();
  }

  /** Whether others can be built on it: it counts and has events. */
  public boolean isVersion() {
    return standing == Standing.COUNTS && node.makesVersion();
  }

  boolean isOpen() {
    return settled == Settled.OPEN;
  }

  GraphEntry read(Standing newStanding, @Nullable Dot newCause, List<Place> newEdges) {
    return new GraphEntry(node, newStanding, newCause, links, newEdges, settled);
  }

  /** This entry, of a tombstone, with the commit that it stood for. */
  GraphEntry filled(VersionNode payload) {
    return new GraphEntry(payload, Standing.COUNTS, null, links, edges, settled);
  }

  GraphEntry relinked(List<Dot> newLinks) {
    return new GraphEntry(node, standing, cause, newLinks, edges, settled);
  }

  GraphEntry settled(Settled as, List<Place> newEdges) {
    return new GraphEntry(
        node, standing, cause, newEdges.stream().map(Place::dot).toList(), newEdges, as);
  }
}
