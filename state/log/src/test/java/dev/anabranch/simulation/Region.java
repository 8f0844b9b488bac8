package dev.anabranch.simulation;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.CausalGate;
import dev.anabranch.gate.GateVerdict;
import dev.anabranch.gate.HoldBack;
import dev.anabranch.model.RowKind;
import dev.anabranch.versions.MissingVersionException;
import dev.anabranch.versions.Resolution;
import dev.anabranch.versions.VersionNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One region: its log, which is durable, and its job, which dies and is restored from a checkpoint
 * and the tail of the log.
 */
final class Region {

  static final long MAX_SKEW_MILLIS = 60_000;

  final RegionId id;
  final List<Row> log = new ArrayList<>();
  private final Set<Dot> payloads = new HashSet<>();
  private final Set<Dot> tombstones = new HashSet<>();
  private final Map<String, Dot> byCommand = new HashMap<>();
  private final List<RegionId> all;
  private final Set<Dot> tombstonesSomewhere;
  private long clockOffsetMillis;

  Job job;
  private Job checkpoint;

  Region(RegionId id, List<RegionId> all, Set<Dot> tombstonesSomewhere) {
    this.tombstonesSomewhere = tombstonesSomewhere;
    this.id = id;
    this.all = all;
    this.job = new Job();
    this.checkpoint = new Job();
  }

  void jumpClock(long offsetMillis) {
    clockOffsetMillis = offsetMillis;
  }

  private long wallClock(long now) {
    return now + clockOffsetMillis;
  }

  /** Takes a row of a peer; false: from too far in the future, to be offered again later. */
  boolean receive(Row row, long now) {
    var received =
        HybridLogicalClock.receive(wallClock(now), job.clock, row.node().hlc(), MAX_SKEW_MILLIS);
    if (received.quarantined()) {
      return false;
    }
    job.clock = received.last();
    job.payloads.merge(row.dot(), row, (old, young) -> old.isHollow() ? young : old);
    offer(row);
    return true;
  }

  private void offer(Row row) {
    var outcome = holdBack().offer(row);
    for (var ready : outcome) {
      appendIfNew(ready);
      fold(ready);
    }
  }

  private void fold(Row row) {
    try {
      job.fold(row);
    } catch (MissingVersionException e) {
      if (tombstonesSomewhere.isEmpty()) {
        throw new Violation("I11: " + e.getMessage());
      }
      job.startAnew();
      for (var before : log.subList(0, job.folded)) {
        job.states.add(before.node());
      }
      job.fold(row);
    }
  }

  private Released holdBack() {
    return new Released();
  }

  /** The real gate with this job's state; turns arrivals into rows. */
  private final class Released {
    List<Row> offer(Row row) {
      var gate = new HoldBack(new CausalGate(id), job.applied, job.gate);
      var outcome = gate.offer(row.arrival());
      job.applied = gate.applied();
      if (outcome.verdict() instanceof GateVerdict.Duplicate) {
        return List.of();
      }
      var rows = new ArrayList<Row>();
      for (var arrival : outcome.ready()) {
        var ready = job.payloads.get(arrival.dot());
        if (ready == null) {
          throw new Violation("the gate released " + arrival + ", of which nothing is here");
        }
        rows.add(arrival.tombstone() ? ready.withheld() : ready);
      }
      return rows;
    }
  }

  private void appendIfNew(Row row) {
    var known = row.isHollow() ? tombstones : payloads;
    if (known.contains(row.dot())) {
      throw new Violation("I2: " + row.dot() + " is applied twice at " + id);
    }
    if (row.isHollow() && payloads.contains(row.dot())) {
      throw new Violation("I2: a tombstone of " + row.dot() + " follows its payload at " + id);
    }
    append(row);
  }

  private void append(Row row) {
    for (var cause : row.seen()) {
      if (!payloads.contains(cause) && !tombstones.contains(cause)) {
        throw new Violation(
            "I1: " + row.dot() + " is applied at " + id + " before its cause " + cause);
      }
    }
    log.add(row);
    (row.isHollow() ? tombstones : payloads).add(row.dot());
    if (row.isHollow()) {
      tombstonesSomewhere.add(row.dot());
    }
    if (row.node().commandId() != null) {
      byCommand.putIfAbsent(row.node().commandId(), row.dot());
    }
  }

  boolean knows(String commandId) {
    return byCommand.containsKey(commandId);
  }

  private VersionNode next(
      long now,
      RowKind kind,
      List<Dot> parents,
      String resolver,
      String command,
      Resolution resolution) {
    job.clock = HybridLogicalClock.tick(wallClock(now), job.clock);
    return new VersionNode(
        new Dot(id, job.applied.get(id) + 1),
        job.clock,
        kind,
        job.applied,
        parents,
        resolver,
        command,
        resolution);
  }

  void update(long now, List<Dot> parents, String resolver, String command) {
    decided(next(now, RowKind.COMMIT, parents, resolver, command, null));
  }

  void resolve(long now, Resolution resolution, String command) {
    decided(
        next(
            now,
            RowKind.RESOLUTION,
            resolution.merges() ? List.of(resolution.selected()) : List.of(),
            "",
            command,
            resolution));
  }

  private void decided(VersionNode node) {
    var seen = new HashSet<>(payloads);
    seen.addAll(tombstones);
    var row = new Row(node, seen);
    job.payloads.put(row.dot(), row);
    append(row);
    var released = holdBack().offer(row);
    if (released.isEmpty() || !released.get(0).equals(row)) {
      throw new Violation("I5: the gate holds " + row.dot() + ", decided here at " + id);
    }
    for (var ready : released) {
      if (ready != row) {
        appendIfNew(ready);
      }
      fold(ready);
    }
  }

  void compact() {
    job.compact(id, all);
  }

  void checkpoint() {
    checkpoint = job.copy();
  }

  /** A new job from the last checkpoint; then it reads the tail of the log. */
  void crash(long now) {
    job = checkpoint.copy();
    var persisted = log.isEmpty() ? 0 : log.stream().mapToLong(r -> r.node().hlc()).max().orElse(0);
    // The checkpoint has the clock of commits that are held and so are in no log.
    job.clock = HybridLogicalClock.restore(Math.max(persisted, job.clock), wallClock(now));
    var tail = List.copyOf(log.subList(job.folded, log.size()));
    tail.forEach(this::replay);
    job.folded = log.size();
    // What the checkpoint held may be in the tail, even with its payload: the log decides.
    for (var row : tail) {
      for (var waiting : job.gate.takeWaitingFor(row.dot())) {
        offer(held(waiting));
      }
    }
  }

  /** A row of the log was let pass once: the gate takes note of it. */
  private void replay(Row row) {
    var dot = row.dot();
    job.payloads.merge(dot, row, (old, young) -> old.isHollow() ? young : old);
    job.applied = job.applied.with(dot.origin(), Math.max(dot.n(), job.applied.get(dot.origin())));
    if (row.isHollow()) {
      job.gate.addHollow(dot);
    } else {
      job.gate.removeHollow(dot);
    }
    fold(row);
  }

  private Row held(Arrival arrival) {
    var row = job.payloads.get(arrival.dot());
    if (row == null) {
      throw new Violation("the gate held " + arrival + ", of which nothing is here");
    }
    return arrival.tombstone() ? row.withheld() : row;
  }

  Set<Dot> payloads() {
    return payloads;
  }

  Set<Dot> dots() {
    var dots = new HashSet<>(payloads);
    dots.addAll(tombstones);
    return dots;
  }

  /** Its commits, hollow where no payload has come. */
  List<VersionNode> commits() {
    var commits = new HashMap<Dot, VersionNode>();
    for (var row : log) {
      commits.put(row.dot(), row.node());
    }
    return List.copyOf(commits.values());
  }
}
