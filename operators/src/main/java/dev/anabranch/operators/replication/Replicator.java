package dev.anabranch.operators.replication;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.CausalGate;
import dev.anabranch.gate.GateVerdict;
import dev.anabranch.gate.HoldBack;
import dev.anabranch.history.Commit;
import dev.anabranch.history.TypeFold;
import dev.anabranch.history.TypeFolds;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.operators.replication.replica.Arrived;
import dev.anabranch.operators.replication.replica.CommitPrints;
import dev.anabranch.operators.replication.replica.Replica;
import dev.anabranch.operators.replication.replica.ReplicaCache;
import dev.anabranch.operators.replication.replica.ReplicaGate;
import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.replication.replica.ReplicationCounts;
import dev.anabranch.operators.replication.replica.ReplicationOutputs;
import dev.anabranch.versions.MissingVersionException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the logs of the own region and its peers: gate, graph, views and conflicts of each
 * aggregate.
 *
 * <p><b>Order.</b> The commits of an aggregate are let pass in causal order, each once.
 *
 * <p><b>Recovery.</b> All is in keyed state at checkpoints, on the heap in between. An aggregate of
 * which it holds nothing is read from the own region's store first, unless the own log was read
 * from its first row on.
 *
 * <p><b>Bounds.</b> {@link ReplicationOptions#maxHeld} commits wait for others. One more is not
 * kept, nor let pass: it has to be published again. Not to read on would keep out what it waits
 * for, which comes through the same topics.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class Replicator {

  private static final Logger LOG = LoggerFactory.getLogger(Replicator.class);

  private final ReplicationOptions options;
  private final TypeFolds types;
  private final ReplicaState state;
  private final ReplicationOutputs outputs;
  private final ReplicationCounts counts;
  private final MergeTask task;
  private final OwnLog ownLog;
  private final CausalGate gate;
  private final ReplicaGate held;
  private final CommitPrints commitPrints;
  private final Replica.Environment replicas;
  private final HoldTimes holds;
  private final HeldCommits heldCommits;
  private final DeliveryCheck handOver;
  private final ReadAgain readAgain;
  private final Reads reads;
  private final ReplicaRebuild.Environment rebuilds;
  private final Fills fills;

  Replicator(
      ReplicationOptions options,
      AggregateTypes types,
      ReplicaState state,
      ReplicationOutputs outputs,
      ReplicationCounts counts,
      HoldTimes holds,
      PendingDeliveries handedOver,
      MergeTask task) {
    this.options = options;
    this.types = new TypeFolds(types);
    this.state = state;
    this.outputs = outputs;
    this.counts = counts;
    this.holds = holds;
    this.handOver = new DeliveryCheck(options, state, handedOver, outputs, counts, task);
    this.task = task;
    this.reads = new Reads(state.readPages());
    var region = new RegionId(options.region());
    this.ownLog = new OwnLog(state, task.currentKey(), options.shardCount());
    this.gate = new CausalGate(region);
    this.held = new ReplicaGate(state);
    this.heldCommits = new HeldCommits(options, state, held, counts, holds, task);
    this.readAgain = new ReadAgain(state, counts, holds, heldCommits, handOver);
    this.commitPrints = new CommitPrints(options.region(), state, outputs, counts);
    this.replicas =
        new Replica.Environment(
            region, options.regions().stream().map(RegionId::new).toList(), state, outputs, counts);
    this.rebuilds =
        new ReplicaRebuild.Environment(
            replicas, held, gate, task.nowMicros(), options.cachedBytes());
    this.fills = new Fills(state::enter, task.goOnInMillis(), task.nowMicros(), this::finish);
  }

  /** Whether another aggregate may be read from the store now. */
  boolean hasRoom() {
    return reads.size() < options.maxFills();
  }

  /** Whether an aggregate is being read from the store. */
  boolean isReading() {
    return reads.size() > 0;
  }

  /** Takes a row of any region's topic. */
  void process(PublishedRow in) {
    var row = in.row();
    var key = row.outcome().aggregate();
    counts.in(in.region(), row.outcome().stamp().occurredAtMicros());
    if (isOwn(in)) {
      ownLog.saw(row);
    }
    if (row.outcome().dot() == null) {
      return;
    }
    state.enter(key);
    var type = types.find(key.type());
    var head = state.head();
    var isNew = head == null;
    if (head == null) {
      var isCovered = ownLog.isComplete(shardOf(key));
      state.enter(key); // The key of the shard was the current one.
      head = ReplicaHead.empty(isCovered ? Replica.merging(type) : Merging.FILLING);
    } else if (readAgain.isNeeded(key, type, head)) {
      readAgain.start(key, head.applied());
      lookAgain();
      head = reload(head);
    }
    if (head.merging() == Merging.FILLING) {
      state.head(head);
      state.addWaiting(in);
      askStore(key);
      if (isNew) {
        lookAgain();
      }
      return;
    }
    offer(Arrived.of(in), key, type, head, false);
  }

  /** Takes some of what the store has of a large aggregate; what follows comes later. */
  void readSome(AggregateKey key, List<LogRow> commits) {
    state.enter(key);
    var head = state.head();
    if (head == null) {
      return;
    }
    handOver.storeHas(key, commits);
    if (head.merging() == Merging.FILLING) {
      reads.keep(key, commits);
    } else {
      reads.needed(key);
      var unused = offerStored(commits, key, types.find(key.type()), head);
    }
  }

  /** Takes what the store has of an aggregate, or the last part of it. */
  void read(AggregateKey key, List<LogRow> commits, boolean shardIsEmpty) {
    if (shardIsEmpty) {
      ownLog.knownEmpty(shardOf(key));
    }
    state.enter(key);
    var done = reads.end(key, commits);
    var head = state.head();
    var type = types.find(key.type());
    if (head == null) {
      return;
    }
    handOver.storeHas(key, commits);
    if (head.merging() != Merging.FILLING) {
      if (offerStored(commits, key, type, head)) {
        offerWaiting(key, type, head, true);
        if (!isToBeRead(head)) {
          handOver.storeRead(key);
        }
      }
      return;
    }
    if (!done.isWhole()) {
      askStore(key); // It became necessary to read all of it while some of it was read.
      return;
    }
    var rebuild = new ReplicaRebuild(rebuilds, key, type, done.history(), head.voided());
    if (done.history().keptPages() > 0) {
      var unused = reads.begin(key); // Until it is filled it is one of those that are read.
      fills.add(rebuild);
      return;
    }
    finish(rebuild, rebuild.all());
  }

  private void finish(ReplicaRebuild rebuild, ReplicaHead filled) {
    var key = rebuild.key();
    reads.filled(key);
    counts.filled(rebuild.history().rows());
    state.head(filled);
    handOver.has(key, filled);
    rebuild
        .history()
        .end(CommitPrints.PRINTS)
        .forEach(row -> commitPrints.remember(Commit.stored(row.outcome())));
    reads.forget(rebuild.history());
    // What came while slices were merged, the store was not asked for.
    offerWaiting(key, rebuild.type(), filled, rebuild.history().keptPages() == 0);
  }

  /** What was read and is merged slice by slice. */
  Fills fills() {
    return fills;
  }

  /** Offers them; false: one makes it necessary to read all of them into a new state. */
  private boolean offerStored(
      List<LogRow> commits, AggregateKey key, @Nullable TypeFold type, ReplicaHead head) {
    for (var row : commits) {
      if (isToBeRead(head)) {
        return false;
      }
      offer(Arrived.of(new PublishedRow(options.region(), row)), key, type, reload(head), false);
    }
    return true;
  }

  private void offerWaiting(
      AggregateKey key, @Nullable TypeFold type, ReplicaHead head, boolean storeWasRead) {
    for (var waiting : state.takeWaiting()) {
      if (isToBeRead(head)) {
        state.addWaiting(waiting);
      } else {
        offer(Arrived.of(waiting), key, type, reload(head), storeWasRead);
      }
    }
  }

  /** Whether what was offered last makes it necessary to read the aggregate: what comes waits. */
  private boolean isToBeRead(ReplicaHead otherwise) {
    return reload(otherwise).merging() == Merging.FILLING;
  }

  /** The aggregate was to be looked at again. */
  void onTimer(AggregateKey key) {
    state.enter(key);
    var head = state.head();
    if (head == null) {
      return;
    }
    if (head.merging() == Merging.FILLING || state.hasWaiting()) {
      askStore(key);
      lookAgain();
    } else if (head.held() > 0) {
      for (var ready : heldCommits.ready(key)) {
        if (isToBeRead(head)) {
          state.addWaiting(ready);
        } else {
          offer(Arrived.of(ready), key, types.find(key.type()), reload(head), false);
        }
      }
      var after = reload(head);
      if (after.held() > held.quarantined().size()) {
        holdLasts(key, after);
      }
    }
    // The store tells for sure; half of the room is for aggregates that are new.
    if (handOver.onTimer(key) && reads.size() < Math.max(1, options.maxFills() / 2)) {
      askStore(key);
    }
  }

  /** Call it before a snapshot. */
  void prepareSnapshot() {
    handOver.prepareSnapshot();
  }

  /** Call it every {@link ReplicaCache#TICK_MILLIS} ms, between records. */
  void tick() {
    state.writeBackRested();
    handOver.tick();
    var rows = ownLog.toCompare(task.timerMillis().getAsLong());
    if (!rows.isEmpty()) {
      task.compareWithStore().accept(rows);
    }
  }

  /** The store has these of the rows that it was asked for. */
  void compared(Map<Integer, OwnRow> rows) {
    ownLog.compared(rows, task.timerMillis().getAsLong());
  }

  /** What the state knows of the own log of these shards. */
  Map<Integer, OwnRow> ownRows(Iterable<Integer> shards) {
    return ownLog.restored(shards);
  }

  /** The id of the own region's store, once it was asked. Any thread. */
  void storeIs(String storeId) {
    ownLog.storeIs(storeId);
  }

  void snapshot() {
    ownLog.snapshot();
    state.writeBack();
  }

  private ReplicaHead reload(ReplicaHead otherwise) {
    var head = state.head();
    return head == null ? otherwise : head;
  }

  private void holdLasts(AggregateKey key, ReplicaHead head) {
    var attempt = holds.asked(key);
    if (attempt > 0) {
      counts.holdLasts();
      LOG.warn(
          "{}: {} commits wait since {} ms for commits {}, which neither the topics nor the own"
              + " store have; the regions that read from this one are asked to publish them again."
              + " If this stays so: anabranch events republish --aggregate {} in a region that has"
              + " them",
          key,
          head.held(),
          nowMillis() - head.heldSinceMillis(),
          held.missing(),
          key);
      handOver.request(key, head.applied());
    }
    askStore(key);
    task.timerInMillis().accept(holds.patienceMillis(key));
  }

  /**
   * @param storeWasRead whether the own store was looked at since the row came
   */
  private void offer(
      Arrived in,
      AggregateKey key,
      @Nullable TypeFold type,
      ReplicaHead head,
      boolean storeWasRead) {
    var arrival = in.commit().arrival();
    held.begin(head.held() > 0);
    var holdBack = new HoldBack(gate, head.applied(), held);
    var verdict = gate.verdict(head.applied(), held::isHollow, arrival);
    if (verdict instanceof GateVerdict.Duplicate duplicate) {
      counts.duplicate(in.region());
      var isSame = commitPrints.compare(in);
      if (isOwn(in)) {
        var seen = head.seenInLog(arrival.dot(), arrival.context());
        if (seen != head) {
          state.head(seen);
        }
        handOver.cameBack(in.row(), key, seen);
      } else if (isSame && (!arrival.tombstone() || held.isHollow(arrival.dot()))) {
        // A tombstone must not arrive in the place of the payload that was lost on the way.
        handOver.cameAgain(in, key, head);
      }
      if (repeatsCommand(in, type)) {
        readAgainSoon(key, head.applied());
      }
      return;
    }
    if (heldCommits.mustWait(in.published(), arrival)) {
      heldCommits.quarantine(in.published(), key, head, arrival);
      return;
    }
    if (held.isQuarantined(arrival.dot())) {
      // It came again, and need not wait any more: this one is taken.
      var unused = heldCommits.endQuarantine(key, head, arrival.dot());
      head = reload(head);
    }
    if (verdict instanceof GateVerdict.Hold) {
      heldCommits.hold(in.published(), key, head, arrival, () -> holdBack.offer(arrival));
      return;
    }
    if (!isOwn(in) && arrival.dot().origin().value().equals(options.region())) {
      if (!storeWasRead) {
        // Its way through another region may have been shorter than that through the own topic.
        state.head(head);
        state.addWaiting(in.published());
        askStore(key);
        lookAgain();
        return;
      }
      counts.behindOwnPast();
      LOG.error(
          "{}: commit {} originates here and came from region {}, but the own log does not have it:"
              + " the store was restored from a backup, or lost rows. The commit is handed to the"
              + " command job.",
          key,
          arrival.dot(),
          in.region());
    }
    var outcome = holdBack.offer(arrival);
    var replica = new Replica(replicas, key, type, head);
    try {
      for (var ready : outcome.ready()) {
        var isThis = ready.dot().equals(arrival.dot());
        var released = isThis ? in : Arrived.of(heldCommits.take(ready.dot()));
        if (!release(replica, released, verdict instanceof GateVerdict.Fill, key)) {
          return;
        }
      }
      heldCommits.count(replica);
      replica.finish();
      handOver.has(key, replica.head());
      heldCommits.forgetTaken();
    } catch (MissingVersionException e) {
      LOG.info("{}: its graph is built anew from the own store: {}", key, e.getMessage());
      readAgainSoon(key, replica.head().applied());
      return;
    }
    if (repeatsCommand(in, type)) {
      readAgainSoon(key, replica.head().applied());
    }
  }

  /**
   * Whether the own log says that the command of this commit had a row there before, and the state
   * is one that both were folded into. The store has both: the state is made anew, and one counts.
   */
  private boolean repeatsCommand(Arrived in, @Nullable TypeFold type) {
    return isOwn(in)
        && type != null
        && type.commutes()
        && in.commit().kind() == RowKind.COMMIT
        && !in.row().outcome().slot().isEmpty();
  }

  /** Releases a commit. False says that the aggregate has to be read from the store first. */
  private boolean release(Replica replica, Arrived in, boolean fills, AggregateKey key) {
    counts.released(in.region());
    if (!isOwn(in)) {
      outputs.inbound(in.published());
      handOver.released(key, in.dot(), fills);
    }
    var verdict = replica.apply(in.commit(), fills, false, task.nowMicros().getAsLong());
    if (verdict == Replica.Verdict.APPLIED) {
      commitPrints.remember(in.commit());
      if (isOwn(in)) {
        replica.seenInLog(in.commit());
      }
      return true;
    }
    if (verdict == Replica.Verdict.FORKED) {
      counts.problem();
      LOG.error(
          "{}: commit {} is concurrent with others, though the type has a single home; both are"
              + " kept as versions of a conflict",
          key,
          in.dot());
    }
    var dot = in.dot();
    readAgainSoon(key, replica.head().applied().merge(VectorTime.ZERO.with(dot.origin(), dot.n())));
    return false;
  }

  /** The store has the commit when the command job has appended it: its own row comes back here. */
  private void readAgainSoon(AggregateKey key, VectorTime applied) {
    readAgain.start(key, applied);
    task.timerInMillis().accept(Math.min(1_000L, options.holdPatience().toMillis()));
  }

  private void askStore(AggregateKey key) {
    if (reads.begin(key)) {
      task.readFromStore().accept(key);
    }
  }

  /** Should the task restart meanwhile, the aggregate is asked for again. */
  private void lookAgain() {
    task.timerInMillis().accept(options.holdPatience().toMillis());
  }

  private int shardOf(AggregateKey key) {
    return Shards.shardOf(key.toString(), options.shardCount());
  }

  private boolean isOwn(Arrived in) {
    return isOwn(in.published());
  }

  private boolean isOwn(PublishedRow in) {
    return in.region().equals(options.region());
  }

  private long nowMillis() {
    return task.nowMicros().getAsLong() / 1_000;
  }
}
