package dev.anabranch.operators.replication;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.replication.replica.ReplicationCounts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Drops what is kept of an aggregate that has to be made again from the own store.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class ReadAgain {

  private final ReplicaState state;
  private final ReplicationCounts counts;
  private final HoldTimes holds;
  private final HeldCommits heldCommits;
  private final DeliveryCheck handOver;

  /** Aggregates with a problem that this attempt has tried to mend. */
  private final Set<AggregateKey> mended = new HashSet<>();

  ReadAgain(
      ReplicaState state,
      ReplicationCounts counts,
      HoldTimes holds,
      HeldCommits heldCommits,
      DeliveryCheck handOver) {
    this.state = state;
    this.counts = counts;
    this.holds = holds;
    this.heldCommits = heldCommits;
    this.handOver = handOver;
  }

  /**
   * Whether what is kept was made under another policy, or by a resolver that is gone, or a problem
   * may have been mended. A single home and replicated data types are both folded; only of the
   * latter is noted what was heard.
   */
  boolean isNeeded(AggregateKey key, @Nullable TypeFold type, ReplicaHead head) {
    if (type == null || head.merging() == Merging.FILLING) {
      return false;
    }
    if (!head.problem().isEmpty() && mended.add(key)) {
      return true; // Once per start: the release may have changed.
    }
    if (head.merging() != Merging.FOLD) {
      // A single home keeps the graph of a fork.
      return head.merging() == Merging.RELAY
          || type.commutes()
          || state.graph().goneResolver(type::resolverFor) != null;
    }
    return type.hasGraph() || (head.position() > 0 && type.commutes() == head.heard().isNone());
  }

  /**
   * Drops what is kept of the current aggregate, but for what waits.
   *
   * @param applied what was handed to the command job, or came from the own log: the store may not
   *     have all of it yet
   */
  void start(AggregateKey key, VectorTime applied) {
    var before = state.head();
    for (var left = before == null ? 0 : before.held() - heldCommits.taken(); left > 0; left--) {
      holds.removed();
    }
    ReplicaState.run(
        () -> {
          for (var row : state.heldRows.values()) {
            counts.held(row.region(), -1);
            state.addWaiting(row);
          }
        });
    state.clear();
    heldCommits.forgetTaken();
    holds.ended(key);
    handOver.remember(applied, before == null ? VectorTime.ZERO : before.inLog());
    var toldOf = before == null ? List.<VoidCommit>of() : before.voided();
    state.head(ReplicaHead.empty(Merging.FILLING).withVoided(toldOf));
  }
}
