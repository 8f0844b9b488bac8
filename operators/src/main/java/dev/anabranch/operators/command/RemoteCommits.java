package dev.anabranch.operators.command;

import dev.anabranch.causality.Arrival;
import dev.anabranch.causality.CausalGate;
import dev.anabranch.causality.GateVerdict;
import dev.anabranch.causality.HoldBack;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.wire.CausalityBlob;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.WireFormatException;

/**
 * Takes in the commits of other regions that the cross-region job has released: each becomes a row
 * of this region's log, once, after everything that it depends on. The gate is asked again here:
 * the topic between the two jobs repeats records after a restart of either.
 *
 * <p><b>Bounds.</b> Half of what a lane may have pending; the rest is for commands, so that a link
 * that heals does not starve them. What is held waits in keyed state.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class RemoteCommits {

  private final CommandOperatorOptions options;
  private final AggregateCache aggregates;
  private final Lanes lanes;
  private final CommandProcessor processor;
  private final Outputs outputs;
  private final CommandCounts counts;
  private final LossCheck losses;
  private final CausalGate gate;

  RemoteCommits(
      CommandOperatorOptions options,
      AggregateCache aggregates,
      Lanes lanes,
      CommandProcessor processor,
      Outputs outputs,
      CommandCounts counts,
      LossCheck losses) {
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

  void process(CommandRecord record) {
    var lane = lanes.of(Shards.shardOf(record.routingKey(), options.shardCount()));
    lane.admitRemote(record);
    if (lane.isReady()) {
      handle(record, lane);
      lanes.trySend(lane);
    } else {
      lane.awaitRemote(record);
    }
  }

  /** Handles the commits that came before the lane's tail was read. */
  void processWaiting(Lane lane) {
    while (lane.isReady()) {
      var record = lane.pollWaitingRemote();
      if (record == null) {
        break;
      }
      handle(record, lane);
    }
    lanes.trySend(lane);
  }

  private void handle(CommandRecord record, Lane lane) {
    Outcome remote;
    VectorTime context;
    try {
      remote = EventWire.decode(record.message()).row().outcome();
      context = CausalityBlob.decode(remote.blobs().causality()).context();
      checkReplicated(remote, record);
    } catch (WireFormatException e) {
      lane.answeredRemote(record);
      outputs.deadLetter(
          new DeadLetter(record, ErrorCodes.MALFORMED_COMMIT, String.valueOf(e.getMessage())));
      return;
    }
    var dot = remote.dot();
    if (dot == null) {
      throw new IllegalStateException("checked above");
    }
    var live = aggregates.get(remote.aggregate(), record.routingKey());
    var entries = aggregates.gateOf(live);
    var arrival =
        new Arrival(dot, remote.stamp().hlc(), context, remote.kind() == RowKind.TOMBSTONE);
    if (dot.origin().value().equals(options.region())
        && !(gate.verdict(live.head.past().applied(), entries::isHollow, arrival)
            instanceof GateVerdict.Duplicate)
        && !losses.isAccepted(Shards.shardOf(record.routingKey(), options.shardCount()))) {
      refuse(record, remote, lane);
      return;
    }
    var outcome = new HoldBack(gate, live.head.past().applied(), entries).offer(arrival);
    if (outcome.verdict() instanceof GateVerdict.Hold) {
      entries.keep(dot, record);
      lane.answeredRemote(record);
      counts.remoteHeld();
      return;
    }
    if (outcome.verdict() instanceof GateVerdict.Duplicate) {
      lane.answeredRemote(record);
      counts.remoteRepeated();
      return;
    }
    adopt(record, remote, live, lane);
    for (var ready : outcome.ready()) {
      if (!ready.dot().equals(dot)) {
        var held = entries.take(ready.dot());
        lane.admitRemote(held);
        adopt(held, EventWire.decode(held.message()).row().outcome(), live, lane);
      }
    }
  }

  /**
   * A peer has a commit of this region that its own log lacks: the next command would give its dot
   * again. The record stays unanswered, so that a checkpoint before the task fails keeps it.
   */
  private void refuse(CommandRecord record, Outcome remote, Lane lane) {
    lane.awaitRemote(record);
    lane.stop();
    lane.worker()
        .submit(
            new LaneRequest.BehindOwnPast(
                Shards.shardOf(record.routingKey(), options.shardCount()),
                "commit "
                    + remote.dot()
                    + " of "
                    + remote.aggregate()
                    + ", which other regions have"));
  }

  private void adopt(CommandRecord record, Outcome remote, LiveAggregate live, Lane lane) {
    counts.remoteIn();
    var shard = Shards.shardOf(record.routingKey(), options.shardCount());
    processor.adopt(record, remote, live, shard, lane);
  }

  private static void checkReplicated(Outcome remote, CommandRecord record) {
    if (remote.dot() == null) {
      throw new WireFormatException(
          "a row of kind " + remote.kind() + " is not replicated; check what fills the topic");
    }
    if (!remote.aggregate().toString().equals(record.routingKey())) {
      throw new WireFormatException("the record's key is not its aggregate; check the producer");
    }
  }
}
