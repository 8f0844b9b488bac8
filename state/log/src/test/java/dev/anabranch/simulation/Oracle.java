package dev.anabranch.simulation;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.versions.CommitStatus;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.Resolution;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.Voided;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules as the design states them, word by word: sets of ancestors, no increments, no walks,
 * nothing dropped. Slow, and shares no code with the graph.
 */
final class Oracle {

  private final HashFolding folding = new HashFolding();
  private final Map<Dot, VersionNode> nodes = new LinkedHashMap<>();
  private final Map<Dot, CommitStatus> statuses = new HashMap<>();
  private final Map<Dot, Dot> causes = new HashMap<>();
  private final Map<Dot, Set<Dot>> pasts = new HashMap<>();
  private final Map<Dot, Set<Dot>> parents = new HashMap<>();
  private final Map<Dot, Long> states = new HashMap<>();
  private final Map<Dot, Boolean> verdictRejected = new HashMap<>();

  private Oracle() {}

  static Answers answers(Collection<VersionNode> commits) {
    var oracle = new Oracle();
    commits.stream()
        .sorted(Comparator.comparing(VersionNode::orderedDot))
        .forEach(node -> oracle.judge(node));
    var live = oracle.live();
    return new Answers(
        live.stream().map(dot -> oracle.nodes.get(dot).orderedDot()).toList(),
        live.stream().map(oracle::state).toList(),
        oracle.base(live, "now"),
        oracle.resolved(live, "now"),
        oracle.statuses.entrySet().stream()
            .filter(e -> e.getValue().isVoid())
            .map(e -> new Voided(e.getKey(), e.getValue(), oracle.causes.get(e.getKey())))
            .sorted()
            .toList());
  }

  private void judge(VersionNode node) {
    nodes.put(node.dot(), node);
    statuses.put(node.dot(), status(node));
    var resolution = node.resolution();
    if (resolution != null && statuses.get(node.dot()) == CommitStatus.COUNTS) {
      verdictRejected.put(resolution.selected(), false);
      resolution.rejected().forEach(dot -> verdictRejected.put(dot, true));
    }
    parents.put(node.dot(), effectiveParents(node));
  }

  private CommitStatus status(VersionNode node) {
    if (node.isHollow()) {
      return CommitStatus.HOLLOW;
    }
    for (var other : nodes.values()) {
      if (other != node
          && node.commandId() != null
          && node.commandId().equals(other.commandId())
          && statuses.get(other.dot()) == CommitStatus.COUNTS
          && !node.context().covers(other.dot())) {
        causes.put(node.dot(), other.dot());
        return CommitStatus.TWIN;
      }
    }
    var resolution = node.resolution();
    if (resolution == null) {
      return CommitStatus.COUNTS;
    }
    if (!named(resolution).stream().allMatch(node.context()::covers)) {
      return CommitStatus.UNSEEN;
    }
    for (var other : nodes.values()) {
      if (other != node
          && other.resolution() != null
          && statuses.get(other.dot()) == CommitStatus.COUNTS
          && named(other.resolution()).stream().anyMatch(named(resolution)::contains)
          && !node.context().covers(other.dot())
          && !other.context().covers(node.dot())) {
        causes.put(node.dot(), other.dot());
        return CommitStatus.CLASH;
      }
    }
    return leavesNothing(node, resolution) ? CommitStatus.NOTHING_LEFT : CommitStatus.COUNTS;
  }

  private boolean leavesNothing(VersionNode node, Resolution resolution) {
    if (resolution.merges()) {
      return false;
    }
    for (var leaf : leaves(without(node))) {
      var rejected =
          resolution.rejected().contains(leaf)
              || (verdictRejected.getOrDefault(leaf, false) && !resolution.selected().equals(leaf));
      if (!rejected) {
        return false;
      }
    }
    return true;
  }

  private Set<Dot> without(VersionNode node) {
    var versions = versions();
    versions.remove(node.dot());
    return versions;
  }

  private static Set<Dot> named(Resolution resolution) {
    var named = new HashSet<>(resolution.rejected());
    named.add(resolution.selected());
    return named;
  }

  private boolean isVersion(Dot dot) {
    var node = nodes.get(dot);
    return statuses.get(dot) == CommitStatus.COUNTS
        && (node.resolution() == null || node.resolution().merges());
  }

  private Set<Dot> versions() {
    var versions = new HashSet<Dot>();
    for (var dot : nodes.keySet()) {
      if (statuses.containsKey(dot) && isVersion(dot)) {
        versions.add(dot);
      }
    }
    return versions;
  }

  /** What an edge to the dot is read as. */
  private Set<Dot> reads(Dot dot) {
    if (isVersion(dot)) {
      return Set.of(dot);
    }
    var reads = new HashSet<Dot>();
    if (statuses.get(dot) == CommitStatus.UNSEEN) {
      return reads;
    }
    if (statuses.get(dot) == CommitStatus.TWIN) {
      reads.addAll(reads(causes.get(dot)));
    }
    nodes.get(dot).parents().forEach(parent -> reads.addAll(reads(parent)));
    return reads;
  }

  private Set<Dot> effectiveParents(VersionNode node) {
    if (statuses.get(node.dot()) == CommitStatus.UNSEEN) {
      return Set.of();
    }
    var all = new HashSet<Dot>();
    node.parents().forEach(parent -> all.addAll(reads(parent)));
    return maximal(all);
  }

  private Set<Dot> maximal(Set<Dot> dots) {
    var maximal = new HashSet<>(dots);
    maximal.removeIf(
        dot -> dots.stream().anyMatch(other -> !other.equals(dot) && past(other).contains(dot)));
    return maximal;
  }

  private Set<Dot> past(Dot version) {
    var known = pasts.get(version);
    if (known == null) {
      known = new HashSet<>(Set.of(version));
      for (var parent : parents.get(version)) {
        known.addAll(past(parent));
      }
      pasts.put(version, known);
    }
    return known;
  }

  private Set<Dot> leaves(Set<Dot> versions) {
    var leaves = new HashSet<>(versions);
    versions.forEach(version -> leaves.removeAll(parents.getOrDefault(version, Set.of())));
    return leaves;
  }

  private List<Dot> live() {
    var live = new ArrayList<Dot>(leaves(versions()));
    live.removeIf(dot -> verdictRejected.getOrDefault(dot, false));
    return ordered(live);
  }

  private List<Dot> ordered(Collection<Dot> dots) {
    var places = new TreeSet<OrderedDot>();
    dots.forEach(dot -> places.add(nodes.get(dot).orderedDot()));
    return places.stream().map(OrderedDot::dot).toList();
  }

  private Long state(Dot version) {
    var known = states.get(version);
    if (known == null) {
      var node = nodes.get(version);
      known = folding.evolve(resolved(ordered(parents.get(version)), node.resolverId()), node);
      states.put(version, known);
    }
    return known;
  }

  private Long resolved(List<Dot> versions, String resolverId) {
    if (versions.isEmpty()) {
      return folding.initial();
    }
    if (versions.size() == 1) {
      return state(versions.get(0));
    }
    var live = new ArrayList<LiveVersion<Long>>();
    versions.forEach(dot -> live.add(new LiveVersion<>(dot, nodes.get(dot).hlc(), state(dot))));
    return folding.resolve(resolverId, live, base(versions, resolverId));
  }

  private Long base(List<Dot> versions, String resolverId) {
    if (versions.isEmpty()) {
      return folding.initial();
    }
    var common = new HashSet<>(past(versions.get(0)));
    versions.forEach(version -> common.retainAll(past(version)));
    return resolved(ordered(maximal(common)), resolverId);
  }
}
