package dev.anabranch.operators.replication;

import dev.anabranch.gate.CausalGate;
import dev.anabranch.gate.GateVerdict;
import dev.anabranch.gate.HoldBack;
import dev.anabranch.history.Commit;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.operators.replication.replica.Replica;
import dev.anabranch.operators.replication.replica.ReplicaGate;
import dev.anabranch.versions.MissingVersionException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a replica of what the own store has of an aggregate, in the order of its log.
 *
 * <p><b>Bounds.</b> A page of rows, the index of the history, and the places of the graph; states
 * and events are written to the keyed state while they become many. What needs more than {@code
 * merge.cache-max-bytes} for index or places is parked: its commits are handed on, and its view
 * says why it shows no state.
 */
final class ReplicaRebuild {

  /** Estimate of what a node of the graph takes on the heap. */
  private static final int NODE_BYTES = 512;

  private final Replica.Environment replicas;
  private final ReplicaGate held;
  private final CausalGate gate;
  private final LongSupplier nowMicros;
  private final long maxBytes;

  /** What came of an attempt. */
  private sealed interface Attempt {
    record Filled(Replica replica) implements Attempt {}

    record NeedsGraph() implements Attempt {}

    record TooLarge() implements Attempt {}
  }

  ReplicaRebuild(
      Replica.Environment replicas,
      ReplicaGate held,
      CausalGate gate,
      LongSupplier nowMicros,
      long maxBytes) {
    this.replicas = replicas;
    this.held = held;
    this.gate = gate;
    this.nowMicros = nowMicros;
    this.maxBytes = maxBytes;
  }

  /**
   * Fills the state of the aggregate, and shows it; what it keeps is returned.
   *
   * @param voided the commits that were told to be void before; of the others, and of those that
   *     count again, is told now
   */
  ReplicaHead fill(
      AggregateKey key, @Nullable TypeFold type, History history, List<VoidCommit> voided) {
    var folds = Replica.merging(type) == Merging.FOLD && type != null && type.commutes();
    var index = HistoryIndex.of(history, folds, maxBytes);
    if (index == null) {
      return parked(key, type, Replica.merging(type), history, voided);
    }
    try {
      return filled(key, type, history, index, voided, true);
    } catch (MissingVersionException e) {
      // Built on what a filter has withheld from the region that decided it.
      return filled(key, type, history, index, voided, false);
    }
  }

  private ReplicaHead filled(
      AggregateKey key,
      @Nullable TypeFold type,
      History history,
      HistoryIndex index,
      List<VoidCommit> voided,
      boolean compacts) {
    var merging = Replica.merging(type);
    var attempt = tryFill(key, type, merging, history, index, compacts);
    if (attempt instanceof Attempt.NeedsGraph) {
      // Forked, though the type has a single home: versions of a conflict.
      merging = Merging.GRAPH;
      attempt = tryFill(key, type, merging, history, index, compacts);
    }
    if (attempt instanceof Attempt.Filled done) {
      var replica = done.replica();
      replica.tellFound(voided, nowMicros.getAsLong());
      replica.finish();
      return replica.head();
    }
    if (attempt instanceof Attempt.TooLarge) {
      return parked(key, type, merging, history, voided);
    }
    throw new IllegalStateException("a graph takes forks: " + key);
  }

  private Attempt tryFill(
      AggregateKey key,
      @Nullable TypeFold type,
      Merging merging,
      History history,
      HistoryIndex index,
      boolean compacts) {
    replicas.state().clear();
    held.begin(false);
    var replica = new Replica(replicas, key, type, ReplicaHead.empty(merging));
    if (!compacts) {
      replica.dropNothing();
    }
    if (merging == Merging.FOLD && type != null && type.commutes()) {
      replica.leaveOut(index.repeats());
    }
    for (var page = 0; page < history.pages(); page++) {
      for (var stored : history.page(page)) {
        if (!apply(replica, index.withPayload(stored))) {
          return new Attempt.NeedsGraph();
        }
        replicas.state().spill();
        if ((long) NODE_BYTES * replicas.state().graphNodes() > maxBytes) {
          return new Attempt.TooLarge();
        }
      }
    }
    return new Attempt.Filled(replica);
  }

  /** Applies a row; false says that the replica needs a graph. */
  private boolean apply(Replica replica, LogRow row) {
    var holdBack = new HoldBack(gate, replica.head().applied(), held);
    var commit = Commit.of(row.outcome());
    for (var ready : holdBack.offer(commit.arrival()).ready()) {
      requireCausalOrder(ready.dot().equals(commit.dot()), row);
      if (replica.apply(commit, false, true, nowMicros.getAsLong()) == Replica.Verdict.FORKED) {
        return false;
      }
    }
    replica.seenInLog(commit);
    return true;
  }

  /** What is known of its commits is kept, so that later ones are let pass; it is not merged. */
  private ReplicaHead parked(
      AggregateKey key,
      @Nullable TypeFold type,
      Merging merging,
      History history,
      List<VoidCommit> voided) {
    replicas.state().clear();
    held.begin(false);
    var problem =
        "to make it from its history takes more than merge.cache-max-bytes, "
            + maxBytes
            + " bytes: raise it and start the cross-region job again";
    replicas.counts().problem();
    var empty = ReplicaHead.empty(merging).withVoided(voided).withProblem(problem);
    var replica = new Replica(replicas, key, type, empty);
    for (var page = 0; page < history.pages(); page++) {
      for (var row : history.page(page)) {
        var holdBack = new HoldBack(gate, replica.head().applied(), held);
        var commit = Commit.of(row.outcome());
        var offered = holdBack.offer(commit.arrival());
        var fills = offered.verdict() instanceof GateVerdict.Fill;
        for (var ready : offered.ready()) {
          requireCausalOrder(ready.dot().equals(commit.dot()), row);
          var unused = replica.apply(commit, fills, true, nowMicros.getAsLong());
        }
        replica.seenInLog(commit);
      }
    }
    replica.finish();
    return replica.head();
  }

  private static void requireCausalOrder(boolean isSame, LogRow row) {
    if (!isSame) {
      throw new IllegalStateException(
          "the log of the own store is not in causal order at " + row.position());
    }
  }
}
