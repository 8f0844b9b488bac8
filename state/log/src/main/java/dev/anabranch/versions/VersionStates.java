package dev.anabranch.versions;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.versions.GraphSummary.UsedResolver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The states of the versions of one aggregate: each commit's events folded over the state that it
 * was decided on.
 *
 * <p><b>Cost.</b> A commit on the live branch takes one stored state, one fold, and one write.
 * States further back are derived again when they are asked for, which takes at most {@link
 * #SNAPSHOT_DISTANCE} folds for each region that writes alone.
 *
 * <p><b>Failure.</b> What {@link VersionFolding} throws passes through. The graph then has the
 * commit; its state is derived when it is asked for again, by a release that can.
 *
 * <p><b>Threads.</b> One at a time.
 *
 * @param <S> state
 */
public final class VersionStates<S> {

  /** How many commits of one region may lie between two stored states of a line. */
  public static final int SNAPSHOT_DISTANCE = 64;

  private static final int MAX_MERGES_KEPT = 64;

  private final VersionGraph graph;
  private final VersionFolding<S> folding;
  private final VersionSnapshots<S> snapshots;
  private final Map<Merge, S> merged =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Merge, S> eldest) {
          return size() > MAX_MERGES_KEPT;
        }
      };

  /** A resolver, and the versions of which it made one state. */
  private record Merge(String resolverId, List<OrderedDot> versions) {}

  public VersionStates(
      VersionGraph graph, VersionFolding<S> folding, VersionSnapshots<S> snapshots) {
    this.graph = graph;
    this.folding = folding;
    this.snapshots = snapshots;
  }

  public VersionGraph graph() {
    return graph;
  }

  /** Adds the commit to the graph, and derives again what it makes stale. */
  public GraphChange add(VersionNode node) {
    var change = addToGraph(node);
    if (isLive(node, change)) {
      state(node.dot());
      forgetExtended(node, change);
    }
    return change;
  }

  /**
   * Adds as {@link #add(VersionNode)} does, for a commit decided here, of which the caller has
   * folded the state already: over {@link #resolved} of the versions that it extends. Taken only if
   * these are still all that is live, so that nothing is folded twice.
   */
  public GraphChange add(VersionNode node, S state) {
    var change = addToGraph(node);
    if (isLive(node, change)) {
      if (graph.edges(node.dot()).equals(change.before())) {
        snapshots.put(node.dot(), state);
        noteResolver(node, change.before());
      } else {
        state(node.dot());
      }
      forgetExtended(node, change);
    }
    return change;
  }

  private GraphChange addToGraph(VersionNode node) {
    var change = graph.add(node);
    if (!change.voided().isEmpty()
        || !change.restored().isEmpty()
        || !change.rederived().isEmpty()) {
      forgetStale(change);
    }
    return change;
  }

  private static boolean isLive(VersionNode node, GraphChange change) {
    return change.live().contains(node.orderedDot());
  }

  /** State of a version, whether live or not. */
  public S state(Dot version) {
    var known = snapshots.get(version);
    if (known == null) {
      known = derive(version);
      snapshots.put(version, known);
    }
    return known;
  }

  /** The live branches and their states, in (hlc, dot) order. */
  public List<LiveVersion<S>> live() {
    return versions(graph.live());
  }

  /** The state that all live branches grew from. */
  public S base(String resolverId) {
    return base(graph.live(), resolverId);
  }

  /**
   * One state of all live branches: the initial one if there is none, the state of the only one, or
   * what the resolver makes of several.
   */
  public S resolved(String resolverId) {
    return resolved(graph.live(), resolverId);
  }

  /** One state of these versions, none of which is built on another. */
  public S resolved(List<OrderedDot> versions, String resolverId) {
    // A base may need a base in turn, as often as two regions crossed each other: no recursion.
    var levels = new ArrayDeque<List<OrderedDot>>();
    var level = versions;
    @Nullable S state = null;
    while (state == null) {
      state = atOnce(level, resolverId);
      if (state == null) {
        levels.push(level);
        level = graph.latestCommon(level);
      }
    }
    while (!levels.isEmpty()) {
      level = levels.pop();
      state = folding.resolve(resolverId, versions(level), state);
      merged.put(new Merge(resolverId, level), state);
    }
    return state;
  }

  private @Nullable S atOnce(List<OrderedDot> versions, String resolverId) {
    if (versions.isEmpty()) {
      return folding.initial();
    }
    return versions.size() == 1
        ? state(versions.get(0).dot())
        : merged.get(new Merge(resolverId, versions));
  }

  /**
   * The resolved state of the commits that all the versions grew from; the initial one if they
   * share nothing.
   */
  public S base(List<OrderedDot> versions, String resolverId) {
    return resolved(graph.latestCommon(versions), resolverId);
  }

  /**
   * Drops what no answer needs once all regions have the commits that {@code stable} counts. Costs
   * a pass over all entries: {@link VersionGraph#isWorthCompacting}.
   *
   * <p>A region that has only a tombstone of a commit may still build beneath it. Where filters
   * withhold single commits, be ready for a {@link MissingVersionException}.
   */
  public void compact(VectorTime stable) {
    var plan = graph.planCompaction(stable);
    if (plan.isEmpty()) {
      return;
    }
    var states = new HashMap<Dot, S>();
    plan.states().forEach(place -> states.put(place.dot(), state(place.dot())));
    states.forEach(snapshots::put);
    graph.compact(plan);
    plan.removed().forEach(snapshots::remove);
    merged.clear();
  }

  /** Drops states that are only kept in this object; those stored stay. */
  public void forgetMerges() {
    merged.clear();
  }

  private List<LiveVersion<S>> versions(List<OrderedDot> places) {
    var versions = new ArrayList<LiveVersion<S>>(places.size());
    for (var place : places) {
      versions.add(new LiveVersion<>(place.dot(), place.hlc(), state(place.dot())));
    }
    return versions;
  }

  /** Folds from the stored states on, earliest version first, so that no chain is too long. */
  private S derive(Dot version) {
    var missing = new TreeMap<OrderedDot, VersionNode>();
    var uses = new HashMap<Dot, Integer>();
    collectMissing(version, missing, uses);
    var derived = new HashMap<Dot, S>();
    @Nullable S last = null;
    for (var node : missing.values()) {
      last = folding.evolve(before(node, derived), node);
      derived.put(node.dot(), last);
      keepForks(node, uses, derived, last);
    }
    if (last == null) {
      throw new MissingVersionException(version);
    }
    return last;
  }

  private void collectMissing(
      Dot version, Map<OrderedDot, VersionNode> missing, Map<Dot, Integer> uses) {
    var todo = new ArrayList<Dot>(List.of(version));
    while (!todo.isEmpty()) {
      var entry = graph.known(todo.remove(todo.size() - 1));
      if (missing.put(entry.orderedDot(), entry.node()) != null) {
        continue;
      }
      for (var edge : entry.edges()) {
        uses.merge(edge.dot(), entry.edges().size(), Integer::sum);
        if (snapshots.get(edge.dot()) == null) {
          todo.add(edge.dot());
        }
      }
    }
  }

  private S before(VersionNode node, Map<Dot, S> derived) {
    var edges = graph.edges(node.dot());
    if (edges.size() == 1) {
      var only = derived.get(edges.get(0).dot());
      return only != null ? only : state(edges.get(0).dot());
    }
    var merge = resolved(edges, node.resolverId());
    noteResolver(node, edges);
    return merge;
  }

  /** So that a release without the resolver notices it, though it does not resolve them again. */
  private void noteResolver(VersionNode node, List<OrderedDot> edges) {
    if (edges.size() > 1) {
      var used = folding.resolverFor(node.resolverId());
      if (used != null) {
        graph.restsOn(new UsedResolver(node.resolverId(), used));
      }
    }
  }

  /**
   * A resolver that stored states rest on, or have rested on, and that the folding does not have,
   * or takes another one for. The states are not those that the commits make: add all of them again
   * to an empty graph. Null: there is none.
   */
  public @Nullable UsedResolver goneResolver() {
    return graph.summary().goneResolver(folding::resolverFor);
  }

  /** A line's state is needed for the next of the line only; where lines meet it is kept. */
  private void keepForks(VersionNode node, Map<Dot, Integer> uses, Map<Dot, S> derived, S state) {
    var edges = graph.edges(node.dot());
    var isFork = uses.getOrDefault(node.dot(), 0) > 1;
    if (edges.size() != 1 || isFork || isMilestone(node.dot())) {
      snapshots.put(node.dot(), state);
    }
    for (var edge : edges) {
      derived.remove(edge.dot());
    }
  }

  private void forgetStale(GraphChange change) {
    merged.clear();
    var stale = new HashSet<>(change.rederived());
    change.voided().forEach(voided -> stale.add(voided.dot()));
    stale.addAll(change.restored());
    for (var entry : graph.openInOrder()) {
      if (entry.edges().stream().anyMatch(edge -> stale.contains(edge.dot()))) {
        stale.add(entry.dot());
      }
    }
    stale.forEach(snapshots::remove);
  }

  /** In a line that one region writes, all but some states are only on the way. */
  private void forgetExtended(VersionNode added, GraphChange change) {
    var edges = graph.edges(added.dot());
    if (edges.size() != 1 || !change.before().contains(edges.get(0))) {
      return;
    }
    var extended = edges.get(0).dot();
    if (!isMilestone(extended) && graph.known(extended).isOpen()) {
      snapshots.remove(extended);
    }
  }

  private static boolean isMilestone(Dot dot) {
    return dot.n() % SNAPSHOT_DISTANCE == 0;
  }
}
