package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.versions.GraphSummary.UsedResolver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The version graph of one aggregate: which of its commits count, and which versions are live. What
 * it answers is a pure function of the set of commits that were added, whatever their order was.
 *
 * <p><b>Order.</b> Commits are added as the gate lets them pass: each after all that it depends on.
 *
 * <p><b>Cost.</b> A commit on live branches takes a constant number of small reads and writes, also
 * if another region's commit comes between. A resolution, a commit whose command another region
 * accepted too, and a payload for a hollow dot take a pass over the entries that {@link
 * VersionStates#compact} has not fixed.
 *
 * <p><b>Recovery.</b> All state is in the {@link GraphEntries}; this object keeps none.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class VersionGraph {

  private static final int MIN_OPEN_TO_COMPACT = 4;

  private final GraphEntries entries;
  private final Ancestry ancestry = new Ancestry(dot -> known(dot).edges());

  public VersionGraph(GraphEntries entries) {
    this.entries = entries;
  }

  /**
   * Adds a commit; adding it again changes nothing, and its tombstone after it neither.
   *
   * @throws IllegalArgumentException if it contradicts its own tombstone, or claims to be no later
   *     than a commit that it extends
   * @throws MissingVersionException if it extends a commit that is not here
   */
  public GraphChange add(VersionNode node) {
    var before = entries.summary();
    var known = entries.get(node.dot());
    if (known != null && (!known.node().isHollow() || node.isHollow())) {
      return GraphChange.none(before.live());
    }
    if (known == null) {
      checkExtended(node, before.live());
    } else {
      checkFills(known.node(), node);
      put(known.filled(node));
      return readAgain(before, before.open(), node.dot());
    }
    return canReadAlone(node, before) ? readAlone(node, before) : readWithAll(node, before);
  }

  /** The live branches in (hlc, dot) order; empty only if there is no version at all. */
  public List<OrderedDot> live() {
    return entries.summary().live();
  }

  /** Whether more than one version is live. */
  public boolean isConflict() {
    return live().size() > 1;
  }

  /**
   * The versions that a resolution rejected and that nothing was built on, in (hlc, dot) order.
   * These and the live ones are what a new resolution may name: a version that was built on, as far
   * as its decider knows, can't be chosen any more. Reads all entries.
   */
  public List<OrderedDot> rejected() {
    var fold = CanonicalFold.of(entries.all());
    return fold.leaves().stream().filter(leaf -> fold.isRejected(leaf.dot())).toList();
  }

  /** Every commit that is here and does not count, by dot. Reads all entries. */
  public List<Voided> voided() {
    var voided = new TreeSet<Voided>();
    for (var entry : entries.all()) {
      if (entry.status().isVoid()) {
        voided.add(voided(entry));
      }
    }
    return List.copyOf(voided);
  }

  /** The commit with this dot and how it is read. */
  public Optional<GraphEntry> find(Dot dot) {
    return Optional.ofNullable(entries.get(dot));
  }

  /** The versions and their ancestors, as far as {@link VersionStates#compact} has kept them. */
  public Set<OrderedDot> past(Collection<OrderedDot> versions) {
    return ancestry.past(versions);
  }

  /**
   * The latest common ancestors of the versions: the leaves of the commits that all of them grew
   * from. Empty if they share nothing.
   */
  public List<OrderedDot> latestCommon(List<OrderedDot> versions) {
    return ancestry.latestCommon(versions);
  }

  /** The versions that this version is built on, in (hlc, dot) order. */
  List<OrderedDot> edges(Dot version) {
    return known(version).edges();
  }

  VersionNode node(Dot dot) {
    return known(dot).node();
  }

  GraphEntry known(Dot dot) {
    var entry = entries.get(dot);
    if (entry == null) {
      throw new MissingVersionException(dot);
    }
    return entry;
  }

  /** The entries that compaction has not fixed, in (hlc, dot) order. */
  List<GraphEntry> openInOrder() {
    var open = new ArrayList<GraphEntry>();
    for (var entry : entries.all()) {
      if (entry.isOpen()) {
        open.add(entry);
      }
    }
    open.sort(Comparator.comparing(GraphEntry::orderedDot));
    return open;
  }

  /** Whether {@link VersionStates#compact} may be worth its pass over all entries. */
  public boolean isWorthCompacting() {
    var summary = entries.summary();
    return summary.open() >= MIN_OPEN_TO_COMPACT
        && summary.open() >= 2 * summary.openAfterCompaction();
  }

  /** What could be fixed once all regions have the commits that {@code stable} counts. */
  Compaction planCompaction(VectorTime stable) {
    return Compaction.plan(entries.all(), stable);
  }

  void compact(Compaction plan) {
    for (var entry : plan.unindexed()) {
      var commandId = entry.node().commandId();
      if (commandId != null) {
        entries.removeFromIndex(commandId, entry.dot());
      }
    }
    plan.removed().forEach(entries::remove);
    plan.changed().forEach(entries::put);
    var summary = entries.summary();
    entries.summary(
        summary.after(summary.live(), summary.lastNothingLeft(), plan.open(), plan.open()));
  }

  GraphSummary summary() {
    return entries.summary();
  }

  /** A state that may be stored rests on this resolver. */
  void restsOn(UsedResolver resolver) {
    var summary = entries.summary();
    if (!summary.resolvers().contains(resolver)) {
      entries.summary(summary.with(resolver));
    }
  }

  /** Whether the way that other commits are read can't depend on this one. */
  private boolean canReadAlone(VersionNode node, GraphSummary summary) {
    if (node.resolution() != null) {
      return false;
    }
    if (node.isHollow()) {
      return true;
    }
    // One more live branch: a resolution after it may leave something after all.
    var last = summary.lastNothingLeft();
    return (last == null || last.compareTo(node.orderedDot()) < 0)
        && (node.commandId() == null || entries.ofCommand(node.commandId()).isEmpty());
  }

  private GraphChange readAlone(VersionNode node, GraphSummary before) {
    var edges = edgesOfNew(node, before);
    put(
        GraphEntry.open(
            node, node.isHollow() ? CommitStatus.HOLLOW : CommitStatus.COUNTS, null, edges));
    var live = node.isHollow() ? before.live() : extended(before.live(), edges, node.orderedDot());
    entries.summary(
        before.after(
            live, before.lastNothingLeft(), before.open() + 1, before.openAfterCompaction()));
    return new GraphChange(before.live(), live, List.of(), List.of(), Set.of());
  }

  /** A commit on live branches, the usual case, needs no look at their entries. */
  private List<OrderedDot> edgesOfNew(VersionNode node, GraphSummary summary) {
    var edges = new ArrayList<OrderedDot>();
    for (var live : summary.live()) {
      if (node.parents().contains(live.dot())) {
        edges.add(live);
      }
    }
    return edges.size() == node.parents().size()
        ? edges
        : ancestry.readThrough(node.extended(), this::known);
  }

  private static List<OrderedDot> extended(
      List<OrderedDot> live, List<OrderedDot> edges, OrderedDot added) {
    var extended = new TreeSet<>(live);
    edges.forEach(extended::remove);
    extended.add(added);
    return List.copyOf(extended);
  }

  private GraphChange readWithAll(VersionNode node, GraphSummary before) {
    put(GraphEntry.open(node, CommitStatus.COUNTS, null, List.of()));
    return readAgain(before, before.open() + 1, node.dot());
  }

  /** Reads all that is not fixed in canonical order, and writes what is read differently. */
  private GraphChange readAgain(GraphSummary before, int open, Dot added) {
    var fold = CanonicalFold.of(entries.all());
    var voided = new TreeSet<Voided>();
    var restored = new TreeSet<Dot>();
    var rederived = new TreeSet<Dot>();
    for (var entry : fold.inOrder()) {
      var old = known(entry.dot());
      if (!old.equals(entry)) {
        entries.put(entry);
      }
      var isNew = entry.dot().equals(added);
      if (entry.status().isVoid() && (isNew || !voided(entry).equals(voided(old)))) {
        voided.add(voided(entry));
      }
      if (!isNew && old.status().isVoid() && entry.status() == CommitStatus.COUNTS) {
        restored.add(entry.dot());
      }
      if (!isNew && old.isVersion() && !old.edges().equals(entry.edges())) {
        rederived.add(entry.dot());
      }
    }
    var live = fold.live();
    entries.summary(before.after(live, fold.lastNothingLeft(), open, before.openAfterCompaction()));
    return new GraphChange(
        before.live(), live, List.copyOf(voided), List.copyOf(restored), rederived);
  }

  private void put(GraphEntry entry) {
    entries.put(entry);
    var commandId = entry.node().commandId();
    if (commandId != null) {
      entries.index(commandId, entry.dot());
    }
  }

  private void checkExtended(VersionNode node, List<OrderedDot> live) {
    for (var link : node.extended()) {
      var place = placeOf(link, live);
      if (place.hlc() >= node.hlc()) {
        throw new IllegalArgumentException(
            "commit "
                + node.orderedDot()
                + " extends "
                + place
                + ", which is not earlier: its region's hybrid logical clock went backwards");
      }
    }
  }

  private OrderedDot placeOf(Dot dot, List<OrderedDot> live) {
    for (var place : live) {
      if (place.dot().equals(dot)) {
        return place;
      }
    }
    var entry = known(dot);
    if (entry.status().isVoid() && !entry.isOpen()) {
      // It would be read through, and where to was dropped.
      throw new MissingVersionException(dot);
    }
    return entry.orderedDot();
  }

  private static void checkFills(VersionNode hollow, VersionNode node) {
    var same =
        hollow.hlc() == node.hlc()
            && hollow.context().equals(node.context())
            && hollow.parents().equals(node.parents());
    if (!same) {
      throw new IllegalArgumentException(
          "commit " + node.dot() + " differs from its own tombstone: " + node + ", " + hollow);
    }
  }

  private static Voided voided(GraphEntry entry) {
    return new Voided(entry.dot(), entry.status(), entry.cause());
  }
}
