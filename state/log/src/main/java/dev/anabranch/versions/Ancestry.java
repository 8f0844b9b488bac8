package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Walks along the edges, latest version first. An edge never leads to a later place, so a version
 * is reached only after everything that leads to it, and a walk ends where its question is
 * answered, usually a few steps below its start.
 */
final class Ancestry {

  private final Function<Dot, List<OrderedDot>> edges;

  Ancestry(Function<Dot, List<OrderedDot>> edges) {
    this.edges = edges;
  }

  /**
   * The versions behind these links, but those that another of them is built on. An entry that
   * makes no version is read as its own edges are. Links that were live side by side for their
   * decider need not be so here: an alias beneath one of them may lead to the other.
   */
  List<OrderedDot> readThrough(Collection<Dot> links, Function<Dot, GraphEntry> entries) {
    var versions = new TreeSet<OrderedDot>();
    for (var link : links) {
      var entry = entries.apply(link);
      if (entry.isVersion()) {
        versions.add(entry.orderedDot());
      } else {
        versions.addAll(entry.edges());
      }
    }
    return maximal(versions);
  }

  /** The versions and all their ancestors. */
  Set<OrderedDot> past(Collection<OrderedDot> versions) {
    var past = new TreeSet<OrderedDot>();
    var todo = new ArrayList<>(versions);
    while (!todo.isEmpty()) {
      var next = todo.remove(todo.size() - 1);
      if (past.add(next)) {
        todo.addAll(edges.apply(next.dot()));
      }
    }
    return past;
  }

  /** Those of the versions that are no ancestor of another, in order. */
  List<OrderedDot> maximal(Collection<OrderedDot> versions) {
    var wanted = new TreeSet<>(versions);
    if (wanted.size() <= 1) {
      return List.copyOf(wanted);
    }
    var first = wanted.first();
    var covered = new TreeSet<OrderedDot>();
    var queue = new TreeSet<>(wanted);
    while (!queue.isEmpty() && queue.last().compareTo(first) > 0) {
      for (var edge : edges.apply(queue.pollLast().dot())) {
        covered.add(edge);
        queue.add(edge);
      }
    }
    wanted.removeAll(covered);
    return List.copyOf(wanted);
  }

  /**
   * The latest common ancestors of all the versions, themselves included: those that are no
   * ancestor of another common one, in order.
   */
  List<OrderedDot> latestCommon(List<OrderedDot> versions) {
    var walk = new Walk(versions.size());
    for (var i = 0; i < versions.size(); i++) {
      walk.reach(versions.get(i), bit(i));
    }
    var common = new ArrayList<OrderedDot>();
    while (walk.undecided > 0) {
      var next = walk.queue.remove();
      var from = walk.take(next);
      if (walk.isCommon(from)) {
        common.add(next);
        from.set(walk.starts);
      }
      edges.apply(next.dot()).forEach(edge -> walk.reach(edge, from));
    }
    Collections.sort(common);
    return common;
  }

  /**
   * Notes from which starts each version was reached. The last bit says that it is below a common
   * one.
   */
  private static final class Walk {
    final int starts;
    final PriorityQueue<OrderedDot> queue = new PriorityQueue<>(Collections.reverseOrder());
    private final Map<OrderedDot, BitSet> reachedFrom = new HashMap<>();

    /** How many of the queue are not below a common one. */
    int undecided;

    Walk(int starts) {
      this.starts = starts;
    }

    void reach(OrderedDot place, BitSet from) {
      var known = reachedFrom.get(place);
      if (known == null) {
        queue.add(place);
        known = new BitSet(starts + 1);
        reachedFrom.put(place, known);
        undecided++;
      }
      var wasUndecided = !known.get(starts);
      known.or(from);
      if (wasUndecided && known.get(starts)) {
        undecided--;
      }
    }

    BitSet take(OrderedDot place) {
      var from = Objects.requireNonNull(reachedFrom.remove(place));
      if (!from.get(starts)) {
        undecided--;
      }
      return from;
    }

    boolean isCommon(BitSet from) {
      return !from.get(starts) && from.cardinality() == starts;
    }
  }

  private static BitSet bit(int index) {
    var bits = new BitSet();
    bits.set(index);
    return bits;
  }
}
