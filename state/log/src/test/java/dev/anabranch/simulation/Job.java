package dev.anabranch.simulation;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.GateEntriesInMemory;
import dev.anabranch.gate.Stability;
import dev.anabranch.versions.GraphEntriesInMemory;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionSnapshotsInMemory;
import dev.anabranch.versions.VersionStates;
import dev.anabranch.wire.blob.GateBlob;
import dev.anabranch.wire.blob.GraphBlob;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a region's job keeps in its checkpoints. */
final class Job {

  VectorTime applied = VectorTime.ZERO;
  GateEntriesInMemory gate = new GateEntriesInMemory();
  Stability stability = Stability.NONE;
  GraphEntriesInMemory entries = new GraphEntriesInMemory();
  VersionSnapshotsInMemory<Long> snapshots = new VersionSnapshotsInMemory<>();
  VersionGraph graph = new VersionGraph(entries);
  VersionStates<Long> states = new VersionStates<>(graph, new HashFolding(), snapshots);

  /** Rows that came and wait, and all that were applied: the store is asked for those really. */
  final Map<Dot, Row> payloads = new HashMap<>();

  /** Per region read from, the position of the next row. */
  final Map<Integer, Integer> cursors = new HashMap<>();

  long clock;
  int folded;
  private boolean mayCompact = true;

  void fold(Row row) {
    states.add(row.node());
    stability = stability.after(row.dot(), row.node().context());
    folded++;
    var hasVersion = false;
    for (var entry : entries.all()) {
      hasVersion |= entry.isVersion();
    }
    if (hasVersion && graph.live().isEmpty()) {
      throw new Violation("I9: " + row.dot() + " leaves no live branch");
    }
  }

  void compact(RegionId local, List<RegionId> regions) {
    if (mayCompact) {
      states.compact(stability.stable(local, applied, regions));
    }
  }

  /** An empty graph, for the whole log to be folded into. */
  void startAnew() {
    entries = new GraphEntriesInMemory();
    snapshots = new VersionSnapshotsInMemory<>();
    graph = new VersionGraph(entries);
    states = new VersionStates<>(graph, new HashFolding(), snapshots);
    mayCompact = false;
  }

  Answers answers() {
    return Answers.of(graph, states);
  }

  /** Through the bytes of a checkpoint. */
  Job copy() {
    var copy = new Job();
    copy.applied = VectorTime.decode(applied.encode());
    gate.hollow().forEach(copy.gate::addHollow);
    gate.parked()
        .forEach(
            (waitsFor, arrivals) ->
                arrivals.forEach(
                    arrival ->
                        copy.gate.park(
                            waitsFor, GateBlob.decodeArrival(GateBlob.encode(arrival)))));
    copy.stability = GateBlob.decodeStability(GateBlob.encode(stability));
    for (var entry : entries.all()) {
      copy.entries.put(GraphBlob.decode(GraphBlob.encode(entry)));
      var command = entry.node().commandId();
      if (command != null && entries.ofCommand(command).contains(entry.dot())) {
        copy.entries.index(command, entry.dot());
      }
      var state = snapshots.get(entry.dot());
      if (state != null) {
        copy.snapshots.put(entry.dot(), state);
      }
    }
    copy.entries.summary(GraphBlob.decodeSummary(GraphBlob.encode(entries.summary())));
    copy.payloads.putAll(payloads);
    copy.cursors.putAll(cursors);
    copy.clock = clock;
    copy.folded = folded;
    copy.mayCompact = mayCompact;
    return copy;
  }
}
