package dev.anabranch.operators.command;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.CausalGate;
import dev.anabranch.gate.GateVerdict;
import dev.anabranch.gate.HoldBack;
import dev.anabranch.history.Commit;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.operators.command.aggregate.AggregateCache;
import dev.anabranch.operators.command.aggregate.AggregateGate;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.lane.Lane;
import dev.anabranch.operators.command.lane.LaneRequest;
import dev.anabranch.operators.command.lane.Lanes;
import dev.anabranch.operators.command.lane.LossCheck;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in the commits of other regions that the cross-region job has released: each becomes a row
 * of this region's log, once, after everything that it depends on. The gate is asked again here:
 * the topic between the two jobs repeats records after a restart of either.
 *
 * <p><b>Bounds.</b> Half of what a lane may have pending; the rest is for commands, so that a link
 * that heals does not starve them. What is held waits in keyed state, within the bounds of {@link
 * HeldAggregates}. One more is not kept: it is told of, and the cross-region job hands it over
 * again. Not to read on would keep out what the others wait for.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class RemoteCommits {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteCommits.class);

  private final CommandOperatorOptions options;
  private final AggregateCache aggregates;
  private final Lanes lanes;
  private final CommandProcessor processor;
  private final Outputs outputs;
  private final CommandCounts counts;
  private final LossCheck losses;
  private final HeldAggregates held;
  private final CausalGate gate;
  private final UnnamedOrigins unnamed;

  /** Aggregates whose held commits are to be asked for again, before anything that waits. */
  private final Map<Lane, ArrayDeque<String>> askAgain = new HashMap<>();

  RemoteCommits(
      CommandOperatorOptions options,
      AggregateCache aggregates,
      Lanes lanes,
      CommandProcessor processor,
      Outputs outputs,
      CommandCounts counts,
      LossCheck losses,
      HeldAggregates held,
      UnnamedOrigins unnamed) {
    this.held = held;
    this.unnamed = unnamed;
    this.losses = losses;
    this.options = options;
    this.aggregates = aggregates;
    this.lanes = lanes;
    this.processor = processor;
    this.outputs = outputs;
    this.counts = counts;
    this.gate = new CausalGate(new RegionId(options.region()));
  }

  /** Whether a commit of this key may be taken in now. */
  boolean hasRoom(String routingKey) {
    return lanes.of(Shards.shardOf(routingKey, options.shardCount())).hasRoomForRemote();
  }

  void process(CommandRecord record, Lane lane) {
    lane.admitRemote(record);
    if (lane.isReady() && !isWaiting(lane)) {
      handle(record, lane);
    } else {
      lane.awaitRemote(record);
    }
  }

  /**
   * The lane's tail is folded: what waited for a commit that it had may pass, and what waited for
   * its region's name.
   */
  void tailComplete(Lane lane) {
    var again = new ArrayDeque<String>();
    held.of(shard -> lanes.of(shard) == lane).forEach(again::add);
    if (!again.isEmpty()) {
      askAgain.put(lane, again);
    }
    for (var shard : lanes.shardsOf(lane)) {
      for (var record : unnamed.takeNamed(shard)) {
        lane.admitRemote(record);
        lane.awaitRemote(record);
      }
    }
  }

  /**
   * Handles what came before the lane's tail was read; as many at a time as the lane has room for
   * their rows.
   */
  void processWaiting(Lane lane) {
    while (lane.mayDecide() && isWaiting(lane)) {
      var again = askAgain.get(lane);
      if (again != null) {
        var key = again.remove();
        if (again.isEmpty()) {
          askAgain.remove(lane);
        }
        var live = aggregates.get(AggregateKey.parse(key), key);
        held.set(key, aggregates.gateOf(live).heldBytes());
        releaseHeld(live, lane);
      } else {
        var record = lane.pollWaitingRemote();
        if (record != null) {
          handle(record, lane);
        }
      }
    }
  }

  boolean isWaiting(Lane lane) {
    return lane.hasWaitingRemote() || (!askAgain.isEmpty() && askAgain.containsKey(lane));
  }

  /** A commit of this region is durable, for which others may wait that came too early. */
  void released(LiveAggregate live, Dot dot, Lane lane) {
    if (held.has(live.routingKey()) && aggregates.gateOf(live).isAwaited(dot)) {
      releaseHeld(live, lane);
    }
  }

  /** Asks the gate once more about all that an aggregate holds. */
  private void releaseHeld(LiveAggregate live, Lane lane) {
    var entries = aggregates.gateOf(live);
    for (var arrival : entries.takeAllWaiting()) {
      var verdict = gate.verdict(live.head().past().applied(), entries::isHollow, arrival);
      if (verdict instanceof GateVerdict.Hold hold) {
        entries.parkAgain(hold.waitsFor(), arrival);
      } else {
        var record = take(live, entries, arrival.dot());
        lane.admitRemote(record);
        handle(record, lane);
      }
    }
    if (entries.holdsAny() && !held.has(live.routingKey())) {
      // What passed found the index empty, since all was taken out of it.
      held.set(live.routingKey(), entries.heldBytes());
    }
    noteHeld(live, entries);
  }

  private CommandRecord take(LiveAggregate live, AggregateGate entries, Dot dot) {
    if (held.has(live.routingKey())) {
      held.add(live.routingKey(), -entries.heldBytes(dot));
    }
    return entries.take(dot);
  }

  private void noteHeld(LiveAggregate live, AggregateGate entries) {
    if (held.has(live.routingKey()) && !entries.holdsAny()) {
      held.remove(live.routingKey());
    }
  }

  private void handle(CommandRecord record, Lane lane) {
    Commit remote;
    try {
      remote = read(record);
    } catch (WireFormatException e) {
      lane.answeredRemote(record);
      outputs.deadLetter(
          new DeadLetter(record, ErrorCodes.MALFORMED_COMMIT, String.valueOf(e.getMessage())));
      return;
    }
    var live = aggregates.get(remote.outcome().aggregate(), record.routingKey());
    var isFirst = live.openGate() == null;
    var entries = aggregates.gateOf(live);
    if (isFirst && !held.has(live.routingKey()) && entries.holdsAny()) {
      // Of a checkpoint of a release that took no note of it.
      held.set(live.routingKey(), entries.heldBytes());
      releaseHeld(live, lane);
    }
    offer(record, remote, live, lane);
  }

  private void offer(CommandRecord record, Commit remote, LiveAggregate live, Lane lane) {
    var dot = remote.dot();
    var entries = aggregates.gateOf(live);
    var arrival = remote.arrival();
    var verdict = gate.verdict(live.head().past().applied(), entries::isHollow, arrival);
    if (verdict instanceof GateVerdict.Duplicate) {
      lane.answeredRemote(record);
      counts.remoteRepeated();
      return;
    }
    if (unnamed.has(dot)) {
      leaveOut(record, dot, lane);
      return;
    }
    if (dot.origin().value().equals(options.region())
        && !losses.isAccepted(Shards.shardOf(record.routingKey(), options.shardCount()))) {
      refuse(record, remote, lane);
      return;
    }
    if (verdict instanceof GateVerdict.Hold hold) {
      lane.answeredRemote(record);
      hold(record, arrival, hold, live);
      return;
    }
    var outcome = new HoldBack(gate, live.head().past().applied(), entries).offer(arrival);
    adopt(record, remote, live, lane);
    for (var ready : outcome.ready()) {
      if (!ready.dot().equals(dot)) {
        var waited = take(live, entries, ready.dot());
        lane.admitRemote(waited);
        adopt(waited, read(waited), live, lane);
      }
    }
    noteHeld(live, entries);
  }

  /** Keeps the arrival and its record; a payload takes the place of its tombstone only. */
  private void hold(
      CommandRecord record, Arrival arrival, GateVerdict.Hold hold, LiveAggregate live) {
    var entries = aggregates.gateOf(live);
    var before = entries.held(arrival.dot());
    if (before != null && (!before.tombstone() || arrival.tombstone())) {
      counts.remoteRepeated();
      return;
    }
    var encoded = AggregateGate.encode(record);
    var more = encoded.length - entries.heldBytes(arrival.dot());
    if (!held.hasRoom(more)) {
      refuse(record, arrival.dot(), hold.waitsFor());
      return;
    }
    entries.park(hold.waitsFor(), arrival);
    entries.keep(arrival.dot(), encoded);
    held.add(live.routingKey(), more);
    counts.remoteHeld();
  }

  private void refuse(CommandRecord record, Dot dot, Dot waitsFor) {
    counts.remoteRefused();
    LOG.error(
        "{}: commit {} can't be kept until {} comes: commits of {} bytes wait already",
        record.routingKey(),
        dot,
        waitsFor,
        held.bytes());
    outputs.deadLetter(
        new DeadLetter(
            record,
            ErrorCodes.NO_ROOM_TO_HOLD,
            "commit "
                + dot
                + " waits for "
                + waitsFor
                + ", and too many others wait already: what the topic "
                + "of this record lacks has to come first. Unless the cross-region job hands the"
                + " commit over again by itself, publish the aggregate again in a region that has"
                + " it, anabranch events republish --aggregate "
                + record.routingKey()));
  }

  private void leaveOut(CommandRecord record, Dot dot, Lane lane) {
    counts.remoteUnnamed();
    lane.answeredRemote(record);
    var shard = Shards.shardOf(record.routingKey(), options.shardCount());
    if (!unnamed.keep(record, dot, shard)) {
      outputs.deadLetter(
          new DeadLetter(
              record,
              ErrorCodes.UNNAMED_REGION,
              "commit "
                  + dot
                  + " is of a region that regions.names does not have, and too many of such commits"
                  + " wait already: name the region, submit both jobs again, and publish the"
                  + " aggregate again, anabranch events republish --aggregate "
                  + record.routingKey()));
    }
  }

  /**
   * A peer has a commit of this region that its own log lacks: the next command would give its dot
   * again. The record stays unanswered, so that a checkpoint before the task fails keeps it.
   */
  private void refuse(CommandRecord record, Commit remote, Lane lane) {
    lane.awaitRemote(record);
    lane.stop();
    lane.worker()
        .submit(
            new LaneRequest.BehindOwnPast(
                Shards.shardOf(record.routingKey(), options.shardCount()),
                "commit "
                    + remote.dot()
                    + " of "
                    + remote.outcome().aggregate()
                    + ", which other regions have"));
  }

  private void adopt(CommandRecord record, Commit remote, LiveAggregate live, Lane lane) {
    counts.remoteIn();
    var shard = Shards.shardOf(record.routingKey(), options.shardCount());
    processor.adopt(record, remote, live, shard, lane);
  }

  private static Commit read(CommandRecord record) {
    var outcome = EventWire.decode(record.message()).row().outcome();
    if (outcome.dot() == null) {
      throw new WireFormatException(
          "a row of kind " + outcome.kind() + " is not replicated; check what fills the topic");
    }
    if (!outcome.aggregate().toString().equals(record.routingKey())) {
      throw new WireFormatException("the record's key is not its aggregate; check the producer");
    }
    return Commit.of(outcome);
  }
}
