package dev.anabranch.operators.replication;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.history.Commit;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.operators.replication.replica.Arrived;
import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.replication.replica.ReplicationCounts;
import dev.anabranch.operators.replication.replica.ReplicationOutputs;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that what was handed to the command job arrives: it comes back in the own log. What
 * does not, and is not in the store either, was lost between the jobs: other regions are asked to
 * publish it again, and it is handed over once more.
 *
 * <p><b>Recovery.</b> The aggregate's head tells what was handed over, as long as it is kept. Where
 * it is dropped, and of payloads that come late, since the log has their tombstones, a state of its
 * own does.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class DeliveryCheck {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryCheck.class);

  /** In the state, beside the dot of a late payload. */
  private static final String LATE = "";

  private final ReplicationOptions options;
  private final ReplicaState state;
  private final PendingDeliveries handedOver;
  private final ReplicationOutputs outputs;
  private final ReplicationCounts counts;
  private final MergeTask task;

  DeliveryCheck(
      ReplicationOptions options,
      ReplicaState state,
      PendingDeliveries handedOver,
      ReplicationOutputs outputs,
      ReplicationCounts counts,
      MergeTask task) {
    this.options = options;
    this.state = state;
    this.handedOver = handedOver;
    this.outputs = outputs;
    this.counts = counts;
    this.task = task;
  }

  /**
   * A commit of another region was handed over.
   *
   * @param isLate whether it is the payload of a commit whose tombstone was handed over before
   */
  void released(AggregateKey key, Dot dot, boolean isLate) {
    handedOver.add(key, dot, isLate, nowMillis());
    if (isLate) {
      ReplicaState.run(() -> state.handedOver.put(dot.toString(), LATE));
    }
  }

  /**
   * What is kept of the current aggregate is dropped, which told of what was handed over.
   *
   * @param applied what was handed over, or came from the own log
   */
  void remember(VectorTime applied, VectorTime inLog) {
    var beyond = applied.beyond(inLog);
    for (var i = 0; i < beyond.size(); i++) {
      var region = beyond.regionAt(i).value();
      var n = beyond.valueAt(i);
      ReplicaState.run(
          () -> {
            var before = state.handedOver.get(region);
            if (before == null || Long.parseLong(before) < n) {
              state.handedOver.put(region, Long.toString(n));
            }
          });
    }
  }

  /** The own log, or the store, has what the head says. */
  void has(AggregateKey key, ReplicaHead head) {
    handedOver.has(key, head.inLog(), nowMillis());
  }

  /** A commit that was applied came from the own log. Nearly all come back this way. */
  void cameBack(LogRow row, AggregateKey key, ReplicaHead head) {
    if (handedOver.has(key, row.shard(), head.inLog(), nowMillis())) {
      storeHas(key, List.of(row));
      has(key, head);
    }
  }

  /** The store, or the own log, has these commits of the current aggregate. */
  void storeHas(AggregateKey key, List<LogRow> commits) {
    var late = remembered().late();
    if (late.isEmpty()) {
      return;
    }
    for (var row : commits) {
      var dot = row.outcome().commitDot();
      if (row.outcome().kind() != RowKind.TOMBSTONE && late.remove(dot)) {
        ReplicaState.run(() -> state.handedOver.remove(dot.toString()));
      }
    }
    if (late.isEmpty()) {
      handedOver.noneIsLate(key);
    }
  }

  /** A commit came again, as it was before. */
  void cameAgain(Arrived in, AggregateKey key, ReplicaHead head) {
    if (handedOver.isAsked(key) && isMissing(in.commit(), key, head)) {
      counts.releasedAgain();
      outputs.inbound(in.published());
    }
  }

  private boolean isMissing(Commit commit, AggregateKey key, ReplicaHead head) {
    var dot = commit.dot();
    return !head.inLog().covers(dot)
        || (!commit.isTombstone()
            && handedOver.isLate(key)
            && ReplicaState.access(() -> state.handedOver.contains(dot.toString())));
  }

  /** A timer of the current aggregate has come: whether the store must be asked what it has. */
  boolean onTimer(AggregateKey key) {
    var head = state.head();
    if (head == null || head.merging() == Merging.FILLING) {
      return false;
    }
    var remembered = remembered();
    forget(remembered.commits(), head.inLog());
    var applied = head.applied().merge(remembered.commits());
    var isLate = !remembered.late().isEmpty();
    if (!handedOver.look(key, applied, isLate, head.inLog(), nowMillis())) {
      return false;
    }
    var isOverdue = handedOver.isOverdue(key, head.inLog(), nowMillis());
    task.timerInMillis().accept(handedOver.nextLookMillis(key));
    return isOverdue && handedOver.mayLook(key);
  }

  /** What is kept of the hand-over of the current aggregate beside its head. */
  private record Remembered(VectorTime commits, Set<Dot> late) {}

  private Remembered remembered() {
    return ReplicaState.access(
        () -> {
          var commits = VectorTime.ZERO;
          var late = new TreeSet<Dot>();
          for (var entry : state.handedOver.entries()) {
            if (entry.getValue().equals(LATE)) {
              late.add(Dot.parse(entry.getKey()));
            } else {
              commits =
                  commits.with(new RegionId(entry.getKey()), Long.parseLong(entry.getValue()));
            }
          }
          return new Remembered(commits, late);
        });
  }

  private void forget(VectorTime commits, VectorTime inLog) {
    for (var i = 0; i < commits.size(); i++) {
      var region = commits.regionAt(i);
      if (commits.valueAt(i) <= inLog.get(region)) {
        ReplicaState.run(() -> state.handedOver.remove(region.value()));
      }
    }
  }

  /** The head of the current aggregate says what the store has. */
  void storeRead(AggregateKey key) {
    var head = state.head();
    if (head == null
        || !handedOver.isOverdue(key, head.inLog(), nowMillis())
        || !handedOver.mayAsk(key)) {
      return;
    }
    var remembered = remembered();
    LOG.warn(
        "{}: commits up to {} were handed to the command job, and its log has them up to {} only,"
            + " without the payloads of {}: the regions that read from this one are asked to publish"
            + " the others again",
        key,
        head.applied().merge(remembered.commits()),
        head.inLog(),
        remembered.late());
    var known = head.inLog();
    for (var dot : remembered.late()) {
      known = known.with(dot.origin(), Math.min(known.get(dot.origin()), dot.n() - 1));
    }
    request(key, known);
  }

  void request(AggregateKey key, VectorTime applied) {
    var hops = Math.min(options.regions().size(), RepublishRequest.MAX_HOPS);
    var atMillis = task.nowMicros().getAsLong() / 1_000;
    counts.requested();
    outputs.request(new RepublishRequest(options.region(), key, applied, atMillis, hops));
  }

  /** Whatever has not come back by a checkpoint gets a timer; the current key is another one. */
  void prepareSnapshot() {
    setTimers(handedOver.withoutTimer());
  }

  /** Call it now and then, between records. */
  void tick() {
    setTimers(handedOver.forgetOldest());
  }

  private void setTimers(List<AggregateKey> keys) {
    for (var key : keys) {
      task.currentKey().accept(key.toString());
      task.timerInMillis().accept(handedOver.nextLookMillis(key));
    }
  }

  private long nowMillis() {
    return task.timerMillis().getAsLong();
  }
}
