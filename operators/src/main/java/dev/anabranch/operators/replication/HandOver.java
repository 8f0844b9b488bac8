package dev.anabranch.operators.replication;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.replication.replica.ReplicationCounts;
import dev.anabranch.operators.replication.replica.ReplicationOutputs;
import dev.anabranch.operators.replication.replica.Rows;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that what was handed to the command job arrives: it comes back in the own log. What
 * does not, and is not in the store either, was lost between the jobs: other regions are asked to
 * publish it again, and it is handed over once more.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class HandOver {

  private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

  private final ReplicationOptions options;
  private final ReplicaState state;
  private final HandedOver handedOver;
  private final ReplicationOutputs outputs;
  private final ReplicationCounts counts;
  private final MergeTask task;

  HandOver(
      ReplicationOptions options,
      ReplicaState state,
      HandedOver handedOver,
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

  /** A commit of another region was handed over. */
  void released(AggregateKey key, LogRow row) {
    handedOver.add(key, Rows.dot(row), nowMillis());
  }

  /** The own log, or the store, has what the head says. */
  void has(AggregateKey key, ReplicaHead head) {
    handedOver.has(key, head.inLog(), nowMillis());
  }

  /** Does what the other does, for an aggregate whose shard is known. Nearly all go this way. */
  void cameBack(AggregateKey key, int shard, ReplicaHead head) {
    handedOver.has(key, shard, head.inLog(), nowMillis());
  }

  /** A commit came again, as it was before. */
  void cameAgain(PublishedRow in, AggregateKey key, ReplicaHead head) {
    if (handedOver.isAsked(key) && !head.inLog().covers(Rows.dot(in.row()))) {
      counts.releasedAgain();
      outputs.inbound(in);
    }
  }

  /** A timer of the current aggregate has come: whether the store must be asked what it has. */
  boolean onTimer(AggregateKey key) {
    var head = state.head();
    if (head == null
        || head.merging() == Merging.FILLING
        || !handedOver.look(key, head.applied(), head.inLog(), nowMillis())) {
      return false;
    }
    var isOverdue = handedOver.isOverdue(key, head.inLog(), nowMillis());
    task.timerInMillis().accept(handedOver.nextLookMillis(key));
    return isOverdue && handedOver.mayLook(key);
  }

  /** The head of the current aggregate says what the store has. */
  void storeRead(AggregateKey key) {
    var head = state.head();
    if (head == null
        || !handedOver.isOverdue(key, head.inLog(), nowMillis())
        || !handedOver.mayAsk(key)) {
      return;
    }
    LOG.warn(
        "{}: commits up to {} were handed to the command job, and its log has them up to {} only:"
            + " the regions that read from this one are asked to publish the others again",
        key,
        head.applied(),
        head.inLog());
    request(key, head.inLog());
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
