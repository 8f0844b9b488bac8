package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What can be dropped without changing any answer, now or later.
 *
 * <p>Only a prefix of the canonical order is fixed, of commits that every region has. All that will
 * come was decided on all of them, so comes after them, and can't change how they are read. Of the
 * prefix it can only extend, or name in a resolution, what was a leaf at its end. So the leaves are
 * kept, what known later commits are built on, and every latest common ancestor of two that are
 * kept, which is where bases are; between them edges are drawn straight.
 *
 * <p>A hollow dot ends the prefix: its payload may still come, and what is built on it be derived
 * again. Void commits stay, as entries that nothing leads to: a repeat of their command must be
 * told the outcome that counts.
 *
 * @param changed entries to write
 * @param removed entries to drop
 * @param unindexed entries whose command ids need no index any more
 * @param states versions whose state must be stored, as what they grew from goes
 * @param open how many entries stay open
 */
record Compaction(
    List<GraphEntry> changed,
    List<Dot> removed,
    List<GraphEntry> unindexed,
    List<OrderedDot> states,
    int open) {

  private static final Comparator<GraphEntry> IN_ORDER =
      Comparator.comparingLong((GraphEntry entry) -> entry.node().hlc())
          .thenComparing(GraphEntry::dot);

  static Compaction plan(Iterable<GraphEntry> all, VectorTime stable) {
    var line = lineOf(all);
    return line.isEmpty() ? planAny(all, stable) : planLine(line, stable);
  }

  /** Plans the compaction of any history. */
  static Compaction planAny(Iterable<GraphEntry> all, VectorTime stable) {
    return new Planner(all, stable).plan();
  }

  /**
   * Plans the compaction of a line, which most histories are: only the end of what is stable is
   * kept.
   */
  private static Compaction planLine(List<GraphEntry> line, VectorTime stable) {
    var prefix = 0;
    while (prefix < line.size() && isFixed(line.get(prefix), stable)) {
      prefix++;
    }
    var later = line.size() - prefix;
    if (prefix == 0 || !line.get(prefix - 1).isOpen()) {
      return new Compaction(List.of(), List.of(), List.of(), List.of(), later);
    }
    var removed = new ArrayList<Dot>(prefix - 1);
    var unindexed = new ArrayList<GraphEntry>(prefix);
    for (var entry : line.subList(0, prefix)) {
      if (entry.isOpen() && entry.node().commandId() != null) {
        unindexed.add(entry);
      }
    }
    for (var entry : line.subList(0, prefix - 1)) {
      removed.add(entry.dot());
    }
    var end = line.get(prefix - 1);
    return new Compaction(
        List.of(end.settled(CompactionState.LIVE_LEAF, List.of())),
        removed,
        unindexed,
        List.of(end.orderedDot()),
        later);
  }

  private static boolean isFixed(GraphEntry entry, VectorTime stable) {
    return !entry.isOpen() || stable.covers(entry.dot());
  }

  /**
   * The entries in order, if each is built on the one before, all count, and none chooses; else
   * none of them. The first may be the end of an earlier line.
   */
  private static List<GraphEntry> lineOf(Iterable<GraphEntry> all) {
    var line = new ArrayList<GraphEntry>();
    for (var entry : all) {
      if (!entry.isVersion() || entry.node().resolution() != null) {
        return List.of();
      }
      line.add(entry);
    }
    line.sort(IN_ORDER);
    @Nullable GraphEntry before = null;
    for (var entry : line) {
      if (!follows(entry, before)) {
        return List.of();
      }
      before = entry;
    }
    return line;
  }

  private static boolean follows(GraphEntry entry, @Nullable GraphEntry before) {
    if (before == null) {
      return entry.edges().isEmpty()
          && entry.links().isEmpty()
          && (entry.isOpen() || entry.settled() == CompactionState.LIVE_LEAF);
    }
    return entry.isOpen()
        && entry.edges().size() == 1
        && entry.links().size() == 1
        && entry.edges().get(0).dot().equals(before.dot())
        && entry.links().get(0).equals(before.dot())
        && entry.node().hlc() > before.node().hlc();
  }

  boolean isEmpty() {
    return changed.isEmpty() && removed.isEmpty() && unindexed.isEmpty();
  }

  private static final class Planner {
    private final Map<Dot, GraphEntry> prefix = new HashMap<>();
    private final List<GraphEntry> later = new ArrayList<>();
    private final Ancestry ancestry = new Ancestry(this::edges);
    private int newlyFixed;

    Planner(Iterable<GraphEntry> all, VectorTime stable) {
      var end = Long.MAX_VALUE;
      for (var entry : all) {
        if (entry.isOpen() && (!stable.covers(entry.dot()) || entry.node().isHollow())) {
          end = Math.min(end, entry.node().hlc());
        }
      }
      for (var entry : all) {
        if (entry.isOpen() && entry.node().hlc() >= end) {
          later.add(entry);
        } else {
          prefix.put(entry.dot(), entry);
          newlyFixed += entry.isOpen() ? 1 : 0;
        }
      }
    }

    Compaction plan() {
      if (newlyFixed == 0) {
        return new Compaction(List.of(), List.of(), List.of(), List.of(), later.size());
      }
      var atEnd = CanonicalFold.of(prefix.values());
      var relinked = later.stream().map(this::relinked).toList();
      var asResolutions = clashable();
      var kept = closed(keptFor(atEnd, relinked, asResolutions));

      var changed = new ArrayList<GraphEntry>();
      var removed = new ArrayList<Dot>();
      var states = new ArrayList<OrderedDot>();
      for (var entry : prefix.values()) {
        if (entry.status().isVoid()) {
          changed.add(entry.settled(CompactionState.INNER, List.of()));
        } else if (kept.contains(entry.orderedDot())) {
          changed.add(entry.settled(endOf(entry, atEnd), straight(entry, kept)));
          states.add(entry.orderedDot());
        } else if (asResolutions.contains(entry.dot())) {
          changed.add(entry.settled(CompactionState.INNER, List.of()));
        } else {
          removed.add(entry.dot());
        }
      }
      states.removeIf(place -> !known(place.dot()).isOpen());
      changed.removeIf(entry -> entry.equals(prefix.get(entry.dot())));
      for (var i = 0; i < relinked.size(); i++) {
        if (!relinked.get(i).equals(later.get(i))) {
          changed.add(relinked.get(i));
        }
      }
      return new Compaction(changed, removed, unindexed(), states, later.size());
    }

    private List<GraphEntry> unindexed() {
      return prefix.values().stream()
          .filter(entry -> entry.isOpen() && entry.node().commandId() != null)
          .toList();
    }

    /** What the later ones link to in the prefix is linked to where it is read through to. */
    private GraphEntry relinked(GraphEntry entry) {
      var links = new LinkedHashSet<Dot>();
      for (var link : entry.links()) {
        var target = prefix.get(link);
        if (target == null || target.isVersion()) {
          links.add(link);
        } else {
          target.edges().forEach(edge -> links.add(edge.dot()));
        }
      }
      return entry.relinked(List.copyOf(links));
    }

    /** Counting choices that a later one has not seen, and may clash with, or be a twin of. */
    private Set<Dot> clashable() {
      var clashable = new HashSet<Dot>();
      for (var entry : prefix.values()) {
        if (entry.node().resolution() != null && entry.status() == CommitStatus.COUNTS) {
          for (var other : later) {
            if (!other.node().context().covers(entry.dot())) {
              clashable.add(entry.dot());
            }
          }
        }
      }
      return clashable;
    }

    private TreeSet<OrderedDot> keptFor(
        CanonicalFold atEnd, List<GraphEntry> relinked, Set<Dot> clashable) {
      var kept = new TreeSet<>(atEnd.leaves());
      for (var entry : relinked) {
        entry.links().forEach(link -> keep(link, kept));
        entry.edges().forEach(edge -> keep(edge.dot(), kept));
        if (entry.status() == CommitStatus.TWIN) {
          keep(Objects.requireNonNull(entry.cause()), kept);
        }
      }
      clashable.forEach(dot -> keep(dot, kept));
      keepForHollowTwins(kept);
      return kept;
    }

    /** The command of a hollow commit is not known before its payload comes. */
    private void keepForHollowTwins(Set<OrderedDot> kept) {
      for (var other : later) {
        if (!other.node().isHollow()) {
          continue;
        }
        for (var entry : prefix.values()) {
          if (entry.node().commandId() != null && !other.node().context().covers(entry.dot())) {
            keep(entry.dot(), kept);
          }
        }
      }
    }

    private void keep(Dot dot, Set<OrderedDot> kept) {
      var entry = prefix.get(dot);
      if (entry != null && entry.isVersion()) {
        kept.add(entry.orderedDot());
      }
    }

    /** Adds the latest common ancestors of any two, and of those again. */
    private Set<OrderedDot> closed(TreeSet<OrderedDot> kept) {
      var done = new ArrayList<OrderedDot>();
      var todo = new ArrayList<>(kept);
      while (!todo.isEmpty()) {
        var next = todo.remove(todo.size() - 1);
        for (var other : done) {
          for (var common : ancestry.latestCommon(List.of(next, other))) {
            if (kept.add(common)) {
              todo.add(common);
            }
          }
        }
        done.add(next);
      }
      return kept;
    }

    /** Edges to the latest kept ones beneath. */
    private List<OrderedDot> straight(GraphEntry entry, Set<OrderedDot> kept) {
      var reached = new HashSet<OrderedDot>();
      var todo = new ArrayList<>(entry.edges());
      var beneath = new TreeSet<OrderedDot>();
      while (!todo.isEmpty()) {
        var next = todo.remove(todo.size() - 1);
        if (kept.contains(next)) {
          beneath.add(next);
        } else if (reached.add(next)) {
          todo.addAll(edges(next.dot()));
        }
      }
      return ancestry.maximal(beneath);
    }

    private static CompactionState endOf(GraphEntry entry, CanonicalFold atEnd) {
      if (!atEnd.leaves().contains(entry.orderedDot())) {
        return CompactionState.INNER;
      }
      return atEnd.isRejected(entry.dot())
          ? CompactionState.REJECTED_LEAF
          : CompactionState.LIVE_LEAF;
    }

    private List<OrderedDot> edges(Dot dot) {
      return known(dot).edges();
    }

    private GraphEntry known(Dot dot) {
      var entry = prefix.get(dot);
      if (entry == null) {
        throw new MissingVersionException(dot);
      }
      return entry;
    }
  }
}
