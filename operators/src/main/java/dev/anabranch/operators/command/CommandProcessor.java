package dev.anabranch.operators.command;

import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.model.CommandEnvelope;
import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.CommandReply;
import dev.anabranch.model.CommandWindow;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.ReplyBody;
import dev.anabranch.model.ReplyStatus;
import dev.anabranch.model.Shards;
import dev.anabranch.operators.command.PendingCommand.CommandRepeat;
import dev.anabranch.store.CommandRef;
import dev.anabranch.wire.CommandWire;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands in: finds repeats, decides the others on their aggregate's head, and lets their
 * outcomes join the next insert of their lane.
 *
 * <p><b>Order.</b> Commands of one aggregate are decided in the order in which they come. Only the
 * answer to a repeat, which changes nothing, may come out of turn.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class CommandProcessor {

  private final CommandOperatorOptions options;
  private final AggregateCache aggregates;
  private final Lanes lanes;
  private final ShardCursors cursors;
  private final Decisions decisions;
  private final Replies replies;
  private final Outputs outputs;
  private final WallClock clock;
  private final CommandCounts counts;

  CommandProcessor(
      CommandOperatorOptions options,
      AggregateCache aggregates,
      Lanes lanes,
      Decisions decisions,
      Outputs outputs,
      WallClock clock,
      CommandCounts counts) {
    this.options = options;
    this.aggregates = aggregates;
    this.lanes = lanes;
    this.cursors = lanes.cursors();
    this.decisions = decisions;
    this.replies = new Replies(options.region());
    this.outputs = outputs;
    this.clock = clock;
    this.counts = counts;
  }

  /** Whether a command of this key may be taken in now. */
  boolean hasRoom(String routingKey) {
    return lanes.of(Shards.shardOf(routingKey, options.shardCount())).hasRoom();
  }

  /** Takes one command in; its answer may come at once, or later through the mailbox. */
  void process(CommandRecord record) {
    counts.commandIn();
    var shard = Shards.shardOf(record.routingKey(), options.shardCount());
    var lane = lanes.of(shard);
    lane.admit(record);
    if (lane.isReady()) {
      handle(record, shard, lane);
      lanes.trySend(lane);
    } else {
      await(record, lane);
    }
  }

  /** Takes a command that its lane can decide only when the tail of its shards is read. */
  void await(CommandRecord record, Lane lane) {
    var decoded = CommandWire.decode(record.message());
    if (decoded instanceof CommandWire.Malformed malformed) {
      refuseMalformed(record, malformed, lane);
    } else if (decoded instanceof CommandWire.WellFormed wellFormed) {
      if (!lane.await(Asker.of(record, wellFormed.command()), record)) {
        drop(record, lane);
      }
    }
  }

  /** Decides the commands that came before the lane's tail was read. */
  void processWaiting(Lane lane) {
    while (true) {
      var record = lane.pollWaiting();
      if (record == null) {
        lanes.trySend(lane);
        return;
      }
      handle(record, Shards.shardOf(record.routingKey(), options.shardCount()), lane);
    }
  }

  private void handle(CommandRecord record, int shard, Lane lane) {
    var decoded = CommandWire.decode(record.message());
    if (decoded instanceof CommandWire.Malformed malformed) {
      refuseMalformed(record, malformed, lane);
    } else if (decoded instanceof CommandWire.WellFormed wellFormed) {
      handle(new Incoming(record, wellFormed.command(), shard, lane), true);
    }
  }

  /**
   * @param windowCounts whether the window of command ids is to be looked at
   */
  private void handle(Incoming in, boolean windowCounts) {
    var command = in.command();
    var live = aggregates.get(command.aggregate(), in.record().routingKey());
    var pending = live.pending.find(command.commandId());
    if (pending != null) {
      if (!pending.addRepeat(new CommandRepeat(in.record(), command))) {
        drop(in.record(), in.lane());
      }
      return;
    }
    var hash = CommandWindow.hash(command.commandId());
    var offset = windowCounts ? live.window.offsetOf(hash) : -1;
    if (offset >= 0) {
      findEarlier(in, new LogPosition(in.shard(), offset), () -> handle(in, false));
    } else if (live.brokenReason != null) {
      handleBroken(in, live);
    } else {
      decide(in, live);
    }
  }

  private void decide(Incoming in, LiveAggregate live) {
    var time = nextTime(in.shard(), live);
    var decided = decisions.decide(live, in.command(), time);
    if (decided instanceof Decided.Row row) {
      cursors.get(in.shard()).raiseHeadHlc(time.hlc());
      var pending = new PendingCommand(in.record(), in.command(), live, in.shard(), time, row);
      enqueue(pending, row);
      in.lane().join(pending);
    } else if (decided instanceof Decided.Unbacked unbacked) {
      answerUnlessStored(in, unbacked);
    }
  }

  /**
   * Decides the aggregate's pending commands once more, after one in front of them turned out to be
   * a repeat; those that have no outcome any more leave the lane.
   */
  void decideAgain(LiveAggregate live, Lane lane) {
    live.resetHead();
    for (var command : live.pending.takeAll()) {
      var envelope = command.envelope;
      var decided =
          envelope == null
              ? decisions.adopt(live, command.outcome, command.outcome.slot())
              : decisions.decide(live, envelope, command.time);
      if (decided instanceof Decided.Row row) {
        command.decidedAgain(row);
        enqueue(command, row);
      } else if (decided instanceof Decided.Unbacked unbacked && envelope != null) {
        lane.dropForming(command);
        var in = new Incoming(command.record, envelope, command.shard, lane);
        answerUnlessStored(in, unbacked);
        for (var repeat : command.repeats()) {
          var again = new Incoming(repeat.record(), repeat.envelope(), command.shard, lane);
          answerUnlessStored(again, unbacked);
        }
      }
    }
  }

  private static void enqueue(PendingCommand pending, Decided.Row row) {
    var live = pending.aggregate;
    live.advanceHead(row);
    pending.after = live.head;
    live.pending.add(pending);
  }

  /** Lets the commit of another region, whose causes are applied, join the next insert. */
  void adopt(CommandRecord record, Outcome remote, LiveAggregate live, int shard, Lane lane) {
    var adopted = decisions.adopt(live, remote, slotOf(live, remote));
    cursors.get(shard).raiseHeadHlc(remote.stamp().hlc());
    var time = new DecisionTime(remote.stamp().hlc(), remote.stamp().occurredAtMicros());
    var pending = new PendingCommand(record, null, live, shard, time, adopted);
    enqueue(pending, adopted);
    lane.join(pending);
  }

  /** The slot of a commit whose command has a row in this log already, or will have. */
  private static String slotOf(LiveAggregate live, Outcome remote) {
    var commandId = remote.commandId();
    var dot = remote.dot();
    if (commandId == null || dot == null) {
      return "";
    }
    var known =
        live.pending.find(commandId) != null
            || live.window.offsetOf(CommandWindow.hash(commandId)) >= 0;
    return known ? dot.origin().value() : "";
  }

  private DecisionTime nextTime(int shard, LiveAggregate live) {
    var micros = clock.nowMicros();
    var last = Math.max(cursors.get(shard).headHlc(), live.head.past().hlc());
    return new DecisionTime(HybridLogicalClock.tick(micros / 1_000, last), micros);
  }

  /** An answer without a row is given only when the store has no row of the command either. */
  private void answerUnlessStored(Incoming in, Decided.Unbacked answer) {
    findEarlier(in, null, () -> answer(in, answer));
  }

  private void answer(Incoming in, Decided.Unbacked answer) {
    in.lane().answered(in.record());
    counts.unbacked(answer.status());
    if (answer.deadLetter()) {
      outputs.deadLetter(
          new DeadLetter(in.record(), answer.reply().code(), answer.reply().message()));
    }
    outputs.reply(
        Replies.unbacked(
            in.command().commandId(),
            in.command().aggregate(),
            in.command().replyTarget(),
            answer.status(),
            answer.reply()));
  }

  /** Answers from the command's row, if it has one; else goes on with the alternative. */
  private void findEarlier(Incoming in, @Nullable LogPosition position, Runnable ifNone) {
    var lookup = beginLookup(in);
    if (lookup == null) {
      return;
    }
    var ref = new CommandRef(in.command().aggregate(), in.command().commandId());
    Consumer<@Nullable LogRow> answer =
        row -> {
          if (row == null) {
            in.lane().end(lookup);
            ifNone.run();
            lanes.trySend(in.lane());
          } else {
            answerEarlier(in, lookup, row);
          }
        };
    in.lane().worker().submit(new LaneRequest.Find(position, ref, answer));
  }

  /** Answers from the row of the outcome that counts: this one, or another region's. */
  private void answerEarlier(Incoming in, Lane.Lookup lookup, LogRow row) {
    var command = in.command();
    var graph = aggregates.get(command.aggregate(), in.record().routingKey()).graph;
    var counting =
        graph == null ? null : graph.countsInstead(command.commandId(), row.outcome().dot());
    if (counting == null) {
      endEarlier(in, lookup, replies.repeated(command, row));
      return;
    }
    Consumer<List<LogRow>> found =
        history ->
            endEarlier(
                in,
                lookup,
                history.stream()
                    .filter(each -> counting.equals(each.outcome().dot()))
                    .findFirst()
                    .map(each -> replies.superseded(command, each))
                    .orElseGet(() -> replies.repeated(command, row)));
    in.lane().worker().submit(new LaneRequest.History(command.aggregate(), found));
  }

  private void endEarlier(Incoming in, Lane.Lookup lookup, CommandReply reply) {
    in.lane().end(lookup);
    in.lane().answered(in.record());
    counts.repeated();
    outputs.reply(reply);
    lanes.trySend(in.lane());
  }

  /** Null: the same asker's lookup is under way, and this record is done with. */
  private Lane.@Nullable Lookup beginLookup(Incoming in) {
    var lookup = new Lane.Lookup(in.record(), Asker.of(in.record(), in.command()));
    if (in.lane().begin(lookup)) {
      return lookup;
    }
    drop(in.record(), in.lane());
    return null;
  }

  /** The answer that is under way for an earlier record answers this one too. */
  private void drop(CommandRecord record, Lane lane) {
    counts.repeated();
    lane.answered(record);
  }

  private void refuseMalformed(CommandRecord record, CommandWire.Malformed malformed, Lane lane) {
    lane.answered(record);
    counts.unbacked(ReplyStatus.ERROR);
    outputs.deadLetter(new DeadLetter(record, malformed.code(), malformed.message()));
    outputs.reply(
        Replies.unbacked(
            malformed.commandId(),
            malformed.aggregate(),
            malformed.target(),
            ReplyStatus.ERROR,
            ReplyBody.reason(malformed.code(), malformed.message(), Map.of())));
  }

  /**
   * The first command after a start tries to fold a parked aggregate anew: the code may be mended.
   */
  private void handleBroken(Incoming in, LiveAggregate live) {
    if (live.type == null || (live.rebuildTried && live.rebuildWaiters == null)) {
      answerUnlessStored(in, brokenAnswer(live));
      return;
    }
    var lookup = beginLookup(in);
    if (lookup == null) {
      return;
    }
    if (live.rebuildWaiters != null) {
      live.rebuildWaiters.add(lookup);
      return;
    }
    live.rebuildTried = true;
    live.rebuildWaiters = new ArrayDeque<>(List.of(lookup));
    requestHistory(live, in.shard(), in.lane());
  }

  private void requestHistory(LiveAggregate live, int shard, Lane lane) {
    Consumer<List<LogRow>> rebuild = rows -> rebuilt(live, rows, shard, lane);
    lane.worker()
        .submit(
            live.graph == null
                ? new LaneRequest.History(live.key, rebuild)
                : new LaneRequest.Commits(live.key, rebuild));
  }

  private void rebuilt(LiveAggregate live, List<LogRow> rows, int shard, Lane lane) {
    if (!live.pending.isEmpty()) {
      // Commits of other regions were on their way when the history was read: read it again.
      requestHistory(live, shard, lane);
      return;
    }
    Folding.rebuild(live, rows);
    var waiters = live.rebuildWaiters;
    live.rebuildWaiters = null;
    if (waiters != null) {
      for (var lookup : waiters) {
        lane.end(lookup);
        handle(lookup.record(), shard, lane);
      }
    }
    lanes.trySend(lane);
  }

  private static Decided.Unbacked brokenAnswer(LiveAggregate live) {
    if (live.type == null) {
      return new Decided.Unbacked(
          ReplyStatus.ERROR,
          ReplyBody.reason(
              ErrorCodes.UNKNOWN_TYPE,
              "aggregate type '"
                  + live.key.type()
                  + "' is not registered with this job; add its Domain to the job's class path",
              Map.of()),
          true);
    }
    return new Decided.Unbacked(
        ReplyStatus.ERROR,
        ReplyBody.reason(
            ErrorCodes.BROKEN,
            "aggregate " + live.key + " is parked: " + live.brokenReason,
            Map.of()),
        true);
  }

  /** Wall clock of the decisions. */
  interface WallClock {
    long nowMicros();
  }

  private record Incoming(CommandRecord record, CommandEnvelope command, int shard, Lane lane) {}
}
