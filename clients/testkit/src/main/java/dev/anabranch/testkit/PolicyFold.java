package dev.anabranch.testkit;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy.Automatic;
import dev.anabranch.api.ReplicationPolicy.ReplicatedTypes;
import dev.anabranch.api.ResolverCheck;
import dev.anabranch.causality.Dot;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a type's replication policy makes of the commits that a region has. */
final class PolicyFold<S> {

  private final CheckedType<S, ?, ?> type;
  private final TypeFold fold;

  PolicyFold(CheckedType<S, ?, ?> type) {
    this.type = type;
    this.fold = type.fold();
  }

  /** Id that a commit on several branches is stored with; empty: the type has no resolver. */
  String resolverId() {
    return fold.resolverId();
  }

  /**
   * What a region sees that got these commits in this order.
   *
   * @throws AssertionError if the type's resolver throws, or answers one question differently
   */
  Seen<S> seen(List<RegionCommit> commits) {
    if (type.replication() instanceof ReplicatedTypes) {
      var stored = commits.stream().map(RegionCommit::stored).toList();
      return new Seen<>(type.fold(type.initialState(), stored), List.of());
    }
    var byDot = new HashMap<Dot, StoredCommit>();
    var states =
        new VersionStates<>(
            new VersionGraph(new GraphEntriesInMemory()),
            new Folding(byDot),
            new VersionSnapshotsInMemory<S>());
    for (var commit : commits) {
      byDot.put(commit.dot(), commit.stored());
      states.add(commit.node());
    }
    var branches = states.live();
    if (branches.size() < 2) {
      return new Seen<>(states.resolved(""), branches);
    }
    if (!(type.replication() instanceof Automatic<S> automatic)) {
      return new Seen<>(null, branches);
    }
    var base = states.base(resolverId());
    ResolverCheck.findImpurity(automatic.current(), branches, base, false, type::encodeState)
        .ifPresent(
            problem -> {
              throw new AssertionError(type.name() + ": " + problem);
            });
    return new Seen<>(type.restored(states.resolved(resolverId())), branches);
  }

  private final class Folding implements VersionFolding<S> {
    private final Map<Dot, StoredCommit> commits;

    Folding(Map<Dot, StoredCommit> commits) {
      this.commits = commits;
    }

    @Override
    public S initial() {
      return type.initialState();
    }

    @Override
    public S evolve(S before, VersionNode node) {
      return type.fold(before, List.of(Objects.requireNonNull(commits.get(node.dot()))));
    }

    @Override
    @SuppressWarnings("unchecked") // a resolver of the type makes a state of the type
    public S resolve(String resolverId, List<LiveVersion<S>> versions, S base) {
      var folded =
          versions.stream()
              .map(each -> new LiveVersion<>(each.dot(), each.hlc(), FoldedState.of(each.state())))
              .toList();
      return (S) fold.resolve(resolverId, folded, FoldedState.of(base)).value();
    }
  }
}
