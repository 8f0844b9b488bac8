package dev.anabranch.operators.replication;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.gate.Arrival;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.operators.replication.replica.Replica;
import dev.anabranch.operators.replication.replica.ReplicaGate;
import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.replication.replica.ReplicationCounts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the commits of the current key's aggregate that can't be let pass yet: they wait for
 * others, or for the wall clock, which they are too far ahead of, or for their region to be named.
 *
 * <p><b>Bounds.</b> {@link ReplicationOptions#maxHeld} in this subtask; one more is refused.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class HeldCommits {

  private static final Logger LOG = LoggerFactory.getLogger(HeldCommits.class);

  /** Clocks are set; a commit that waits for one is looked at now and then. */
  private static final long MAX_CLOCK_WAIT_MILLIS = 60_000;

  /** Unnamed regions that this attempt has told of. */
  private final Set<String> told = new HashSet<>();

  private final ReplicationOptions options;
  private final ReplicaState state;
  private final ReplicaGate gate;
  private final ReplicationCounts counts;
  private final HoldTimes holds;
  private final MergeTask task;

  /** Commits that the current record let pass. */
  private int taken;

  HeldCommits(
      ReplicationOptions options,
      ReplicaState state,
      ReplicaGate gate,
      ReplicationCounts counts,
      HoldTimes holds,
      MergeTask task) {
    this.options = options;
    this.state = state;
    this.gate = gate;
    this.counts = counts;
    this.holds = holds;
    this.task = task;
  }

  /**
   * @param park how the gate keeps it
   */
  void hold(PublishedRow in, AggregateKey key, ReplicaHead head, Arrival arrival, Runnable park) {
    var before = gate.held(arrival.dot());
    if (before != null && (!before.tombstone() || arrival.tombstone())) {
      counts.duplicate(in.region());
      return;
    }
    if (before == null && holds.count() >= options.maxHeld()) {
      refuse(in, key, head, arrival);
      return;
    }
    park.run();
    ReplicaState.run(() -> state.heldRows.put(arrival.dot().toString(), in));
    if (before == null) {
      counts.held(in.region(), 1);
      holds.added();
      var since = head.held() == 0 ? nowMillis() : head.heldSinceMillis();
      var holding = head.withHeld(head.held() + 1, since);
      state.head(holding);
      state.holding(holding);
      if (head.held() == 0) {
        holds.began(key, since);
        task.timerInMillis().accept(options.holdPatience().toMillis());
      }
    }
  }

  private void refuse(PublishedRow in, AggregateKey key, ReplicaHead head, Arrival arrival) {
    counts.refused(in.region());
    state.head(head);
    LOG.error(
        "{}: commit {} of region {} can't be kept until those before it come: {} commits wait"
            + " already (hold.max-commits). It is not lost: publish the aggregate again in a region"
            + " that has it, anabranch events republish --aggregate {}",
        key,
        arrival.dot(),
        in.region(),
        holds.count(),
        key);
  }

  PublishedRow take(Dot ready) {
    var dot = ready.toString();
    return ReplicaState.access(
        () -> {
          var row = state.heldRows.get(dot);
          if (row == null) {
            throw new IllegalStateException("the held commit " + dot + " is not in the state");
          }
          state.heldRows.remove(dot);
          counts.held(row.region(), -1);
          holds.removed();
          taken++;
          return row;
        });
  }

  /** Takes note in the head of those that were taken, which are to be forgotten then. */
  void count(Replica replica) {
    if (taken == 0) {
      return;
    }
    var head = replica.head();
    var left = Math.max(0, head.held() - taken);
    replica.head(head.withHeld(left, left == 0 ? 0 : head.heldSinceMillis()));
    state.holding(replica.head());
    if (left == 0) {
      holds.ended(replica.key());
    }
  }

  int taken() {
    return taken;
  }

  void forgetTaken() {
    taken = 0;
  }

  // -- The wall clock, and regions that are not named.

  /**
   * Whether a commit of another region must wait though its causes are there: it is further ahead
   * of the wall clock than is accepted, or of a region that the configuration does not name.
   */
  boolean mustWait(PublishedRow in, Arrival arrival) {
    return isOfUnnamedRegion(in, arrival)
        || aheadMillis(in, arrival) > options.maxClockSkew().toMillis();
  }

  /**
   * What is stable is derived from the named regions: what another one had not seen may be gone.
   * What the own log has, the command job has let pass.
   */
  private boolean isOfUnnamedRegion(PublishedRow in, Arrival arrival) {
    return !isOwn(in) && !options.regions().contains(arrival.dot().origin().value());
  }

  /**
   * How far a commit of another region is ahead of the wall clock; what the own log has, is not.
   */
  private long aheadMillis(PublishedRow in, Arrival arrival) {
    if (isOwn(in) || arrival.dot().origin().value().equals(options.region())) {
      return 0;
    }
    var limit = options.maxClockSkew().toMillis();
    var received = HybridLogicalClock.receive(nowMillis(), 0, arrival.hlc(), limit);
    return received.aheadMillis();
  }

  /** Keeps a commit that must wait: it is never dropped. */
  void quarantine(PublishedRow in, AggregateKey key, ReplicaHead head, Arrival arrival) {
    if (isOfUnnamedRegion(in, arrival)) {
      tellOfUnnamed(in, key, arrival);
    } else {
      tellOfClock(in, key, arrival);
    }
    hold(in, key, head, arrival, () -> gate.quarantine(arrival));
    lookAgain(in, arrival);
  }

  private void tellOfUnnamed(PublishedRow in, AggregateKey key, Arrival arrival) {
    counts.ofUnnamedRegion(in.region());
    var origin = arrival.dot().origin().value();
    if (told.add(origin)) {
      LOG.error(
          "{}: commit {}, read from region {}, originates in region {}, which regions.names, {},"
              + " does not have: it waits, as every commit of that region does, and what depends on"
              + " it. Name {} in regions.names of all regions, and submit both jobs again; if it is"
              + " no region of this system, correct peers and peer.{}",
          key,
          arrival.dot(),
          in.region(),
          origin,
          options.regions(),
          origin,
          in.region());
    }
  }

  private void tellOfClock(PublishedRow in, AggregateKey key, Arrival arrival) {
    var aheadMillis = aheadMillis(in, arrival);
    counts.aheadOfClock(in.region(), aheadMillis);
    LOG.error(
        "{}: commit {}, read from region {}, is {} ms ahead of this machine's clock, more than"
            + " hold.max-clock-skew: it waits until the clock is there. Compare the clocks of the"
            + " regions",
        key,
        arrival.dot(),
        in.region(),
        aheadMillis);
  }

  private void lookAgain(PublishedRow in, Arrival arrival) {
    if (isOfUnnamedRegion(in, arrival)) {
      // Only a start with another configuration helps; the look tells that it has not come yet.
      lookIn(MAX_CLOCK_WAIT_MILLIS);
    } else {
      lookIn(aheadMillis(in, arrival) - options.maxClockSkew().toMillis());
    }
  }

  private void lookIn(long millis) {
    var at = nowMillis() + Math.max(1, Math.min(millis, MAX_CLOCK_WAIT_MILLIS));
    // On whole seconds, so that those of one aggregate share a timer.
    task.timerInMillis().accept((at / 1_000 + 1) * 1_000 - nowMillis());
  }

  /** The commits that need not wait any more, in (hlc, dot) order; held no more. */
  List<PublishedRow> ready(AggregateKey key) {
    gate.begin(true);
    var ready = new ArrayList<PublishedRow>();
    for (var waiting : gate.quarantined().stream().sorted().toList()) {
      var row = ReplicaState.access(() -> state.heldRows.get(waiting.dot().toString()));
      var head = state.head();
      if (head != null && !mustWait(row, waiting)) {
        ready.add(endQuarantine(key, head, waiting.dot()));
        continue;
      }
      if (isOfUnnamedRegion(row, waiting)) {
        tellOfUnnamed(row, key, waiting);
      }
      lookAgain(row, waiting);
    }
    return ready;
  }

  /** A commit need not wait any more; the head is changed. */
  PublishedRow endQuarantine(AggregateKey key, ReplicaHead head, Dot dot) {
    gate.endQuarantine(dot);
    var row = take(dot);
    taken--;
    var left = Math.max(0, head.held() - 1);
    var ended = head.withHeld(left, left == 0 ? 0 : head.heldSinceMillis());
    state.head(ended);
    state.holding(ended);
    if (left == 0) {
      holds.ended(key);
    }
    return row;
  }

  private long nowMillis() {
    return task.nowMicros().getAsLong() / 1_000;
  }

  private boolean isOwn(PublishedRow in) {
    return in.region().equals(options.region());
  }
}
