package dev.anabranch.simulation;

import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import dev.anabranch.versions.Voided;
import java.util.Collection;
import java.util.List;

/**
 * All that anybody can ask of a graph.
 *
 * @param states of the live branches
 * @param resolved one state of all of them
 */
record Answers(
    List<OrderedDot> live, List<Long> states, Long base, Long resolved, List<Voided> voided) {

  static Answers of(VersionGraph graph, VersionStates<Long> states) {
    return new Answers(
        graph.live(),
        states.live().stream().map(version -> version.state()).toList(),
        states.base("now"),
        states.resolved("now"),
        graph.voided());
  }

  /** Of a new graph to which these are added in this order. */
  static Answers of(Collection<VersionNode> nodes) {
    var graph = new VersionGraph(new GraphEntriesInMemory());
    var states =
        new VersionStates<Long>(graph, new HashFolding(), new VersionSnapshotsInMemory<>());
    nodes.forEach(states::add);
    return of(graph, states);
  }
}
