package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the graph, run over all entries in (hlc, dot) order: who counts, what is a leaf,
 * what is rejected. Since the order is the same everywhere and never puts an effect before its
 * cause, the outcome is a function of the set of commits, and what it says of one depends on those
 * before it only. Starts from what compaction has settled.
 */
final class CanonicalFold {

  private final Map<Dot, GraphEntry> entries = new HashMap<>();
  private final Ancestry ancestry = new Ancestry(this::edgesOf);
  private final TreeSet<OrderedDot> leaves = new TreeSet<>();
  private final Set<Dot> rejected = new HashSet<>();
  private final List<GraphEntry> accepted = new ArrayList<>();
  private final Map<String, List<GraphEntry>> counting = new HashMap<>();
  private @Nullable OrderedDot lastNothingLeft;

  private CanonicalFold() {}

  static CanonicalFold of(Iterable<GraphEntry> all) {
    var fold = new CanonicalFold();
    all.forEach(entry -> fold.entries.put(entry.dot(), entry));
    for (var entry : fold.inOrder()) {
      if (entry.isOpen()) {
        fold.read(entry);
      } else {
        fold.startFrom(entry);
      }
    }
    return fold;
  }

  /** All entries, as they are read up to here, in (hlc, dot) order. */
  List<GraphEntry> inOrder() {
    return entries.values().stream().sorted(Comparator.comparing(GraphEntry::orderedDot)).toList();
  }

  /** Versions that none is built on, rejected ones among them. */
  TreeSet<OrderedDot> leaves() {
    return leaves;
  }

  List<OrderedDot> live() {
    return leaves.stream().filter(leaf -> !rejected.contains(leaf.dot())).toList();
  }

  boolean isRejected(Dot dot) {
    return rejected.contains(dot);
  }

  @Nullable OrderedDot lastNothingLeft() {
    return lastNothingLeft;
  }

  private void startFrom(GraphEntry entry) {
    if (entry.settled() == CompactionState.LIVE_LEAF
        || entry.settled() == CompactionState.REJECTED_LEAF) {
      leaves.add(entry.orderedDot());
    }
    if (entry.settled() == CompactionState.REJECTED_LEAF) {
      rejected.add(entry.dot());
    }
    if (entry.status() == CommitStatus.COUNTS) {
      remember(entry);
    }
  }

  private void read(GraphEntry entry) {
    var node = entry.node();
    if (node.isHollow()) {
      put(entry, CommitStatus.HOLLOW, null, edgesTo(entry.links()));
      return;
    }
    var twin = twinOf(entry);
    if (twin != null) {
      var links = new ArrayList<>(entry.links());
      links.add(twin.dot());
      put(entry, CommitStatus.TWIN, twin.dot(), edgesTo(links));
      return;
    }
    if (node.resolution() != null) {
      readResolution(entry, node.resolution());
      return;
    }
    count(put(entry, CommitStatus.COUNTS, null, edgesTo(entry.links())));
  }

  /** The first commit of the same command that counts and that this one's decider had not seen. */
  private @Nullable GraphEntry twinOf(GraphEntry entry) {
    if (entry.node().commandId() == null) {
      return null;
    }
    for (var other : counting.getOrDefault(entry.node().commandId(), List.of())) {
      if (!entry.node().context().covers(other.dot())) {
        return other;
      }
    }
    return null;
  }

  private void readResolution(GraphEntry entry, Resolution resolution) {
    if (!resolution.named().stream().allMatch(entry.node().context()::covers)) {
      put(entry, CommitStatus.UNSEEN, null, List.of());
      return;
    }
    var edges = edgesTo(entry.links());
    var clash = clashing(entry, resolution);
    if (clash != null) {
      put(entry, CommitStatus.CLASH, clash.dot(), edges);
    } else if (leavesNothing(resolution)) {
      put(entry, CommitStatus.NOTHING_LEFT, null, edges);
      lastNothingLeft = entry.orderedDot();
    } else {
      rejected.remove(resolution.selected());
      rejected.addAll(resolution.rejected());
      count(put(entry, CommitStatus.COUNTS, null, edges));
    }
  }

  /**
   * The first accepted resolution that decides about a common dot, neither having seen the other.
   */
  private @Nullable GraphEntry clashing(GraphEntry entry, Resolution resolution) {
    for (var other : accepted) {
      if (resolution.overlaps(resolutionOf(other))
          && !entry.node().context().covers(other.dot())
          && !other.node().context().covers(entry.dot())) {
        return other;
      }
    }
    return null;
  }

  /** A merge always leaves itself. */
  private boolean leavesNothing(Resolution resolution) {
    return !resolution.merges()
        && leaves.stream()
            .map(OrderedDot::dot)
            .allMatch(
                leaf ->
                    resolution.rejected().contains(leaf)
                        || (rejected.contains(leaf) && !resolution.selected().equals(leaf)));
  }

  private GraphEntry put(
      GraphEntry entry, CommitStatus status, @Nullable Dot cause, List<OrderedDot> edges) {
    var read = entry.read(status, cause, edges);
    entries.put(read.dot(), read);
    return read;
  }

  private void count(GraphEntry entry) {
    if (entry.isVersion()) {
      leaves.removeAll(entry.edges());
      leaves.add(entry.orderedDot());
    }
    remember(entry);
  }

  private void remember(GraphEntry entry) {
    if (entry.node().resolution() != null) {
      accepted.add(entry);
    }
    if (entry.node().commandId() != null) {
      counting.computeIfAbsent(entry.node().commandId(), any -> new ArrayList<>()).add(entry);
    }
  }

  /** The versions that count behind these links; what makes no version is read through. */
  private List<OrderedDot> edgesTo(List<Dot> links) {
    return ancestry.readThrough(links, this::known);
  }

  private GraphEntry known(Dot dot) {
    var entry = entries.get(dot);
    if (entry == null) {
      throw new MissingVersionException(dot);
    }
    return entry;
  }

  private List<OrderedDot> edgesOf(Dot dot) {
    return known(dot).edges();
  }

  private static Resolution resolutionOf(GraphEntry entry) {
    return Objects.requireNonNull(entry.node().resolution());
  }
}
