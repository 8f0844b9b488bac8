package dev.anabranch.operators.replication;

import dev.anabranch.causality.CausalGate;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.HoldBack;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.operators.replication.replica.Conflicts;
import dev.anabranch.operators.replication.replica.Replica;
import dev.anabranch.operators.replication.replica.Rows;
import dev.anabranch.operators.replication.replica.StoredGate;
import dev.anabranch.operators.replication.replica.TypeMerge;
import dev.anabranch.operators.replication.replica.TypeMerges;
import dev.anabranch.versions.MissingVersionException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes a replica of what the own store has of an aggregate, in the order of its log. */
final class ReplicaRebuild {

  private final Replica.Environment replicas;
  private final StoredGate held;
  private final CausalGate gate;
  private final LongSupplier nowMicros;

  ReplicaRebuild(
      Replica.Environment replicas, StoredGate held, CausalGate gate, LongSupplier nowMicros) {
    this.replicas = replicas;
    this.held = held;
    this.gate = gate;
    this.nowMicros = nowMicros;
  }

  /**
   * Fills the state of the aggregate, and shows it; what it keeps is returned.
   *
   * @param voided the commits that were told to be void before; of the others, and of those that
   *     count again, is told now
   */
  ReplicaHead fill(
      AggregateKey key,
      @Nullable TypeMerge<?> type,
      List<LogRow> commits,
      List<VoidCommit> voided) {
    var rows = withPayloads(commits);
    try {
      return finished(filled(key, type, rows, true), voided);
    } catch (MissingVersionException e) {
      // Built on what a filter has withheld from the region that decided it.
      return finished(filled(key, type, rows, false), voided);
    }
  }

  private ReplicaHead finished(Replica replica, List<VoidCommit> voided) {
    replica.tellFound(voided, nowMicros.getAsLong());
    replica.finish();
    return replica.head();
  }

  private Replica filled(
      AggregateKey key, @Nullable TypeMerge<?> type, List<LogRow> rows, boolean compacts) {
    var replica = tryFill(key, type, TypeMerges.merging(type), rows, compacts);
    if (replica == null) {
      // Forked, though the type has a single home: versions of a conflict.
      replica = tryFill(key, type, Merging.GRAPH, rows, compacts);
    }
    if (replica == null) {
      throw new IllegalStateException("a graph takes forks: " + key);
    }
    return replica;
  }

  /** Tries to fill the replica; null says that it needs a graph. */
  private @Nullable Replica tryFill(
      AggregateKey key,
      @Nullable TypeMerge<?> type,
      Merging merging,
      List<LogRow> rows,
      boolean compacts) {
    replicas.state().clear();
    held.begin(false);
    var replica = new Replica(replicas, key, type, ReplicaHead.empty(merging));
    if (!compacts) {
      replica.dropNothing();
    }
    if (merging == Merging.FOLD && type != null && type.commutes()) {
      replica.leaveOut(repeats(rows));
    }
    for (var row : rows) {
      var holdBack = new HoldBack(gate, replica.head().applied(), held);
      var causality = Rows.causality(row);
      for (var ready : holdBack.offer(Rows.arrival(row, causality)).ready()) {
        if (!ready.dot().equals(Rows.dot(row))) {
          throw new IllegalStateException(
              "the log of the own store is not in causal order at " + row.position());
        }
        if (replica.apply(row, causality, false, true, nowMicros.getAsLong())
            == Replica.Verdict.FORKED) {
          return null;
        }
      }
      replica.seenInLog(row, causality.context());
    }
    return replica;
  }

  /**
   * The commits of commands that several regions have accepted, but for the first one of each in
   * (hlc, dot) order: the same in every region that has them. Whatever commutes has no graph that
   * would settle it.
   */
  private static List<VoidCommit> repeats(List<LogRow> rows) {
    var inOrder = new ArrayList<>(rows);
    inOrder.sort(
        Comparator.comparingLong((LogRow row) -> row.outcome().stamp().hlc())
            .thenComparing(Rows::dot));
    var commands = new HashMap<String, Dot>();
    var repeats = new TreeMap<Dot, VoidCommit>();
    for (var row : inOrder) {
      var command = row.outcome().commandId();
      if (row.outcome().kind() != RowKind.COMMIT || command == null) {
        continue;
      }
      var counts = commands.putIfAbsent(command, Rows.dot(row));
      if (counts != null) {
        repeats.put(Rows.dot(row), Conflicts.twin(Rows.dot(row), counts));
      }
    }
    return List.copyOf(repeats.values());
  }

  /** A tombstone whose payload came later is read as the payload. */
  private static List<LogRow> withPayloads(List<LogRow> commits) {
    var payloads = new HashMap<Dot, LogRow>();
    for (var row : commits) {
      if (row.outcome().kind() != RowKind.TOMBSTONE) {
        payloads.put(Rows.dot(row), row);
      }
    }
    var rows = new ArrayList<LogRow>();
    for (var row : commits) {
      rows.add(payloads.getOrDefault(Rows.dot(row), row));
    }
    return rows;
  }
}
