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
 * Makes a replica of what the own store has of an aggregate, in the order of its log, page by page.
 *
 * <p><b>Recovery.</b> Between two pages the state has a part of the replica, under a head that says
 * that it is still being read. Whoever starts from there asks the store again, and the first page
 * drops that part.
 *
 * <p><b>Bounds.</b> A page of rows, the index of the history, and the places of the graph; states
 * and events are written to the keyed state while they become many. What needs more than {@code
 * merge.cache-max-bytes} for index or places is parked: its commits are handed on, and its view
 * says why it shows no state.
 *
 * <p><b>Threads.</b> The task's thread only, while the aggregate is the current key; others may be
 * the current one between two pages.
 */
final class ReplicaRebuild {

  /** Estimate of what a node of the graph takes on the heap. */
  private static final int NODE_BYTES = 512;

  private final Replica.Environment replicas;
  private final ReplicaGate held;
  private final CausalGate gate;
  private final LongSupplier nowMicros;
  private final long maxBytes;
  private final AggregateKey key;
  private final @Nullable TypeFold type;
  private final History history;
  private final List<VoidCommit> voided;
  private final HistoryIndex index;
  private Stage stage = Stage.INDEX;
  private Merging merging;
  private boolean compacts = true;
  private int page;
  private @Nullable Replica replica;

  /** Through which all pages go, one after the other. */
  private enum Stage {
    INDEX,
    MERGE,

    /** What is known of its commits is kept, so that later ones are let pass. */
    PARK
  }

  /** What the replicas of a task share. */
  record Environment(
      Replica.Environment replicas,
      ReplicaGate held,
      CausalGate gate,
      LongSupplier nowMicros,
      long maxBytes) {}

  /**
   * @param voided the commits that were told to be void before; of the others, and of those that
   *     count again, is told at the end
   */
  ReplicaRebuild(
      Environment environment,
      AggregateKey key,
      @Nullable TypeFold type,
      History history,
      List<VoidCommit> voided) {
    this.replicas = environment.replicas();
    this.held = environment.held();
    this.gate = environment.gate();
    this.nowMicros = environment.nowMicros();
    this.maxBytes = environment.maxBytes();
    this.key = key;
    this.type = type;
    this.history = history;
    this.voided = voided;
    this.merging = Replica.merging(type);
    this.index = new HistoryIndex(history, commutes(), maxBytes);
  }

  AggregateKey key() {
    return key;
  }

  @Nullable TypeFold type() {
    return type;
  }

  History history() {
    return history;
  }

  /** Takes all pages in one go, where they are few. */
  ReplicaHead all() {
    var filled = step();
    while (filled == null) {
      filled = step();
    }
    return filled;
  }

  /** Takes the next page; after the last one it shows the aggregate, and gives what is kept. */
  @Nullable ReplicaHead step() {
    held.begin(false);
    if (stage == Stage.INDEX) {
      if (!index.add(page++)) {
        begin(Stage.PARK);
      } else if (page == history.pages()) {
        begin(Stage.MERGE);
      }
      return null;
    }
    var current = replica;
    if (current == null) {
      throw new IllegalStateException("nothing was begun of " + key);
    }
    current.resume();
    var number = page++;
    if (stage == Stage.PARK) {
      park(current, number);
      return page < history.pages() ? null : finish(current);
    }
    try {
      if (!merge(current, number) || page < history.pages()) {
        return null;
      }
      current.tellFound(voided, nowMicros.getAsLong());
      return finish(current);
    } catch (MissingVersionException e) {
      if (!compacts) {
        throw e;
      }
      // Built on what a filter has withheld from the region that decided it.
      compacts = false;
      merging = Replica.merging(type);
      begin(Stage.MERGE);
      return null;
    }
  }

  private static ReplicaHead finish(Replica done) {
    done.finish();
    return done.head();
  }

  private void begin(Stage next) {
    stage = next;
    page = 0;
    replicas.state().clear();
    // A checkpoint that comes before the last page must not take it for the whole.
    replicas.state().head(ReplicaHead.empty(Merging.FILLING).withVoided(voided));
    var head = ReplicaHead.empty(merging);
    var started = new Replica(replicas, key, type, next == Stage.PARK ? parked(head) : head);
    if (!compacts) {
      started.dropNothing();
    }
    if (next == Stage.MERGE && commutes()) {
      started.leaveOut(index.repeats());
    }
    replica = started;
  }

  private boolean commutes() {
    return merging == Merging.FOLD && type != null && type.commutes();
  }

  /** Merges a page; false: all of them are to be gone through in another way. */
  private boolean merge(Replica into, int number) {
    for (var stored : history.page(number)) {
      if (!apply(into, index.withPayload(stored))) {
        // Forked, though the type has a single home: versions of a conflict.
        merging = Merging.GRAPH;
        begin(Stage.MERGE);
        return false;
      }
      replicas.state().spill();
      if ((long) NODE_BYTES * replicas.state().graphNodes() > maxBytes) {
        begin(Stage.PARK);
        return false;
      }
    }
    return true;
  }

  /** Applies a row; false says that the replica needs a graph. */
  private boolean apply(Replica into, LogRow row) {
    var holdBack = new HoldBack(gate, into.head().applied(), held);
    var commit = Commit.stored(row.outcome());
    for (var ready : holdBack.offer(commit.arrival()).ready()) {
      requireCausalOrder(ready.dot().equals(commit.dot()), row);
      if (into.apply(commit, false, true, nowMicros.getAsLong()) == Replica.Verdict.FORKED) {
        if (into.head().merging() == Merging.GRAPH) {
          throw new IllegalStateException("a graph takes forks: " + key);
        }
        return false;
      }
    }
    into.seenInLog(commit);
    return true;
  }

  private ReplicaHead parked(ReplicaHead empty) {
    replicas.counts().problem();
    return empty
        .withVoided(voided)
        .withProblem(
            "to make it from its history takes more than merge.cache-max-bytes, "
                + maxBytes
                + " bytes: raise it and start the cross-region job again");
  }

  private void park(Replica into, int number) {
    for (var row : history.page(number)) {
      var holdBack = new HoldBack(gate, into.head().applied(), held);
      var commit = Commit.stored(row.outcome());
      var offered = holdBack.offer(commit.arrival());
      var fills = offered.verdict() instanceof GateVerdict.Fill;
      for (var ready : offered.ready()) {
        requireCausalOrder(ready.dot().equals(commit.dot()), row);
        var unused = into.apply(commit, fills, true, nowMicros.getAsLong());
      }
      into.seenInLog(commit);
    }
  }

  private static void requireCausalOrder(boolean isSame, LogRow row) {
    if (!isSame) {
      throw new IllegalStateException(
          "the log of the own store is not in causal order at " + row.position());
    }
  }
}
