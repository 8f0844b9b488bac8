package dev.anabranch.operators.command;

import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.history.Commit;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.aggregate.AggregateCache;
import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.aggregate.DecisionTime;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.command.aggregate.PendingOutcome;
import dev.anabranch.operators.command.aggregate.Rebuild;
import dev.anabranch.operators.command.decide.Decisions;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.decide.Replies;
import dev.anabranch.operators.command.decide.Superseding;
import dev.anabranch.operators.command.lane.FencedException;
import dev.anabranch.operators.command.lane.Lane;
import dev.anabranch.operators.command.lane.LaneRequest;
import dev.anabranch.operators.command.lane.Lanes;
import dev.anabranch.operators.command.lane.ShardCursors;
import dev.anabranch.operators.command.lane.Unsettled;
import dev.anabranch.operators.command.waiting.Incoming;
import dev.anabranch.operators.command.waiting.Lookup;
import dev.anabranch.operators.command.waiting.Requester;
import dev.anabranch.operators.command.waiting.Requesters;
import dev.anabranch.operators.command.waiting.Taken;
import dev.anabranch.store.CommandRef;
import dev.anabranch.wire.CommandWire;
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

  private static final ReplyBody NOT_AGAIN =
      ReplyBody.reason(
          ErrorCodes.ANSWERED_BEFORE,
          "this record was answered without an outcome before a restart (an error, or a rejection"
              + " that is not stored), and is not executed any more; send the command again",
          Map.of());

  private final CommandOperatorOptions options;
  private final AggregateCache aggregates;
  private final Lanes lanes;
  private final ShardCursors cursors;
  private final Decisions decisions;
  private final UnbackedAnswers answers;
  private final Replies replies;
  private final Superseding superseding;
  private final Outputs outputs;
  private final WallClock clock;
  private final CommandCounts counts;

  CommandProcessor(
      CommandOperatorOptions options,
      AggregateCache aggregates,
      Lanes lanes,
      Decisions decisions,
      UnbackedAnswers answers,
      Outputs outputs,
      WallClock clock,
      CommandCounts counts) {
    this.options = options;
    this.aggregates = aggregates;
    this.lanes = lanes;
    this.cursors = lanes.cursors();
    this.decisions = decisions;
    this.answers = answers;
    answers.onRow(this::answerEarlier);
    this.replies = new Replies(options.region());
    this.superseding = new Superseding(options.regions());
    this.outputs = outputs;
    this.clock = clock;
    this.counts = counts;
  }

  /** Whether a command of this key may be taken in now. */
  boolean hasRoom(String routingKey) {
    return lanes.of(Shards.shardOf(routingKey, options.shardCount())).hasRoom();
  }

  /** Takes one command in; its answer may come at once, or later through the mailbox. */
  void process(CommandRecord record, int shard, Lane lane) {
    counts.commandIn();
    var number = admit(record, shard, lane);
    if (lane.isReady() && !lane.hasWaiting()) {
      handle(record, number, shard, lane);
    } else {
      await(record, number, lane);
    }
  }

  /** Takes in a command that an earlier attempt has parked. */
  void unpark(CommandRecord record, int shard, Lane lane) {
    await(record, admit(record, shard, lane), lane);
  }

  private long admit(CommandRecord record, int shard, Lane lane) {
    cursors.get(shard).answered().saw(record.source());
    return lane.admit(record);
  }

  /** Takes a command that its lane can decide only when the tail of its shards is read. */
  private void await(CommandRecord record, long number, Lane lane) {
    var decoded = CommandWire.decode(record.message());
    if (decoded instanceof CommandWire.Malformed malformed) {
      answers.refuse(record, number, malformed, lane);
    } else if (decoded instanceof CommandWire.WellFormed wellFormed) {
      var requester = Requester.of(record, wellFormed.command());
      if (!lane.await(requester, new Taken(record, number))) {
        drop(record, lane);
      }
    }
  }

  /**
   * Decides the commands that came before the lane's tail was read; as many at a time as the lane
   * has room for their outcomes.
   */
  void processWaiting(Lane lane) {
    for (var next = lane.pollWaiting(); next != null; next = lane.pollWaiting()) {
      var shard = Shards.shardOf(next.record().routingKey(), options.shardCount());
      handle(next.record(), next.number(), shard, lane);
    }
  }

  private void handle(CommandRecord record, long number, int shard, Lane lane) {
    var decoded = CommandWire.decode(record.message());
    if (decoded instanceof CommandWire.Malformed malformed) {
      answers.refuse(record, number, malformed, lane);
    } else if (decoded instanceof CommandWire.WellFormed wellFormed) {
      var before = cursors.get(shard).answered().answeredBefore(record.source());
      handle(new Incoming(record, wellFormed.command(), shard, number, before), true);
    }
  }

  /**
   * @param mayHaveRow whether the store is to be asked if there is reason to
   */
  private void handle(Incoming in, boolean mayHaveRow) {
    var command = in.command();
    var live = aggregates.get(command.aggregate(), in.record().routingKey());
    if (joins(live.pending(command.commandId()), in) || joins(answers.open(in), in)) {
      return;
    }
    var offset = mayHaveRow ? live.offsetOf(command.commandId()) : -1;
    if (offset >= 0) {
      findEarlier(in, new LogPosition(in.shard(), offset), () -> handle(in, false));
    } else if (mayHaveRow && in.answeredBefore()) {
      findEarlier(in, null, () -> handle(in, false));
    } else if (live.brokenReason() != null && !mayChoose(live, command)) {
      handleBroken(in, live);
    } else {
      decide(in, live);
    }
  }

  /**
   * Whether it is a person's choice between versions that no code can make one, though their graph
   * was made anew: then the choice is the remedy.
   */
  private static boolean mayChoose(LiveAggregate live, CommandEnvelope command) {
    return live.awaitsChoice() && command.command().type().equals(ResolveConflict.TYPE);
  }

  /** Whether an outcome of the same command is on its way, for which this record waits too. */
  private boolean joins(@Nullable PendingOutcome pending, Incoming in) {
    return pending != null && joins(pending.requesters, in);
  }

  private boolean joins(@Nullable Unsettled answer, Incoming in) {
    return answer != null && answer.requesters != null && joins(answer.requesters, in);
  }

  private boolean joins(Requesters requesters, Incoming in) {
    if (!requesters.add(in)) {
      drop(in.record(), laneOf(in));
    }
    return true;
  }

  private void decide(Incoming in, LiveAggregate live) {
    var time = nextTime(in.shard(), live);
    var decided = decide(live, in, time);
    if (decided instanceof Decided.Row row) {
      cursors.get(in.shard()).raiseHeadHlc(time.hlc());
      var pending = PendingOutcome.own(in, live, time, row);
      live.admit(pending);
      laneOf(in).join(pending);
      live.chosen();
    } else if (decided instanceof Decided.Unbacked unbacked) {
      if (live.hasPending()) {
        // It was decided on rows that may never be stored: it waits for them.
        var pending = PendingOutcome.own(in, live, time, unbacked);
        live.admit(pending);
        laneOf(in).join(pending);
      } else {
        answers.begin(new Requesters(in), in, unbacked);
      }
    }
  }

  /**
   * An outcome, or an answer without one; never an outcome for a record that was answered, nor for
   * a copy that was in the topic when its command was.
   */
  private Decided decide(LiveAggregate live, Incoming in, DecisionTime time) {
    var given = answers.given(in);
    if (given != null) {
      return given;
    }
    var decided = decisions.decide(live, in.command(), time);
    return in.answeredBefore() && decided instanceof Decided.Row
        ? new Decided.Unbacked(ReplyStatus.ERROR, NOT_AGAIN, false)
        : decided;
  }

  /** Takes an answer without a row whose aggregate has nothing pending in front of it any more. */
  void release(PendingOutcome pending) {
    var answer = pending.unbacked();
    if (answer == null) {
      throw new IllegalStateException("a row is released by its append only");
    }
    pending.aggregate.left(pending);
    answers.begin(pending.requesters, pending.incoming(), answer);
  }

  /**
   * Decides the aggregate's pending commands once more, after one in front of them turned out to be
   * a repeat. Each keeps its place in the lane, with a row or without.
   */
  void decideAgain(LiveAggregate live, Lane lane) {
    for (var command : live.takePending()) {
      var own = command.requesters.first();
      var decided =
          own == null
              ? decisions.adopt(live, command.commit(), command.slot())
              : decide(live, own, command.time);
      var bytes = command.heldBytes();
      command.decidedAgain(decided);
      lane.decidedAgain(command, bytes);
      live.admit(command);
    }
  }

  /** Lets the commit of another region, whose causes are applied, join the next insert. */
  void adopt(CommandRecord record, Commit remote, LiveAggregate live, int shard, Lane lane) {
    var adopted = decisions.adopt(live, remote, slotOf(live, remote));
    cursors.get(shard).raiseHeadHlc(remote.hlc());
    var time = new DecisionTime(remote.hlc(), remote.outcome().stamp().occurredAtMicros());
    var pending = PendingOutcome.remote(record, live, shard, time, adopted);
    live.admit(pending);
    lane.join(pending);
  }

  /** The slot of a commit whose command has a row in this log already, or will have. */
  private static String slotOf(LiveAggregate live, Commit remote) {
    var commandId = remote.outcome().commandId();
    if (commandId == null) {
      return "";
    }
    var known = live.pending(commandId) != null || live.offsetOf(commandId) >= 0;
    return known ? remote.dot().origin().value() : "";
  }

  private DecisionTime nextTime(int shard, LiveAggregate live) {
    var micros = clock.nowMicros();
    var last = Math.max(cursors.get(shard).headHlc(), live.head().past().hlc());
    return new DecisionTime(HybridLogicalClock.tick(micros / 1_000, last), micros);
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
          laneOf(in).end(lookup);
          if (row == null) {
            ifNone.run();
          } else if (cursors.knows(row)) {
            answerEarlier(in, row);
          } else {
            counts.fenced();
            throw FencedException.behind(row);
          }
        };
    laneOf(in).worker().submit(new LaneRequest.Find(position, ref, answer));
  }

  /** Answers from the row of the outcome that counts: this one, or another region's. */
  void answerEarlier(Incoming in, LogRow row) {
    var command = in.command();
    var live = aggregates.get(command.aggregate(), in.record().routingKey());
    if (!superseding.isPossible(live, row)) {
      endEarlier(in, replies.repeated(command, row));
      return;
    }
    var lookup = beginLookup(in);
    if (lookup == null) {
      return;
    }
    Consumer<List<LogRow>> found =
        rows -> {
          laneOf(in).end(lookup);
          var now = aggregates.get(command.aggregate(), in.record().routingKey());
          var counting = superseding.counting(now, row, rows);
          endEarlier(
              in,
              counting == null
                  ? replies.repeated(command, row)
                  : replies.superseded(command, counting));
        };
    var ref = new CommandRef(command.aggregate(), command.commandId());
    laneOf(in).worker().submit(new LaneRequest.OfCommand(ref, found));
  }

  private void endEarlier(Incoming in, CommandReply reply) {
    laneOf(in).answered(in.record());
    counts.repeated();
    outputs.reply(reply);
  }

  /**
   * Begins a lookup. Null says that one of the same requester is under way, and that this record is
   * done with.
   */
  private @Nullable Lookup beginLookup(Incoming in) {
    var lookup = new Lookup(in);
    if (laneOf(in).begin(lookup)) {
      return lookup;
    }
    drop(in.record(), laneOf(in));
    return null;
  }

  private Lane laneOf(Incoming in) {
    return lanes.of(in.shard());
  }

  /** The answer that is under way for an earlier record answers this one too. */
  private void drop(CommandRecord record, Lane lane) {
    counts.repeated();
    lane.answered(record);
  }

  /**
   * The first command after a start tries to fold a parked aggregate anew: the code may be mended.
   */
  private void handleBroken(Incoming in, LiveAggregate live) {
    if (!live.mayBeMadeAnew()) {
      answers.begin(new Requesters(in), in, brokenAnswer(live));
      return;
    }
    var lookup = beginLookup(in);
    if (lookup == null) {
      return;
    }
    if (live.awaitRebuild(lookup)) {
      read(live, aggregates.rebuild(live), in.shard(), laneOf(in));
    }
  }

  private void read(LiveAggregate live, Rebuild rebuild, int shard, Lane lane) {
    lane.worker()
        .submit(new LaneRequest.History(rebuild, () -> rebuilt(live, rebuild, shard, lane)));
  }

  private void rebuilt(LiveAggregate live, Rebuild rebuild, int shard, Lane lane) {
    if (rebuild.isForked()) {
      read(live, aggregates.rebuildWithVersions(live), shard, lane);
      return;
    }
    if (live.hasPending()) {
      // Commits of other regions were on their way when the history was read: read it again.
      read(live, aggregates.rebuild(live), shard, lane);
      return;
    }
    rebuild.finish();
    if (live.brokenReason() == null) {
      aggregates.rebuilt(live);
    }
    for (var lookup : live.endRebuild()) {
      lane.end(lookup);
      handle(lookup.in(), true);
    }
  }

  private static Decided.Unbacked brokenAnswer(LiveAggregate live) {
    if (live.type() == null) {
      return new Decided.Unbacked(
          ReplyStatus.ERROR,
          ReplyBody.reason(
              ErrorCodes.UNKNOWN_TYPE,
              "aggregate type '"
                  + live.key().type()
                  + "' is not registered with this job; add its Domain to the job's class path",
              Map.of()),
          true);
    }
    return new Decided.Unbacked(
        ReplyStatus.ERROR,
        ReplyBody.reason(
            ErrorCodes.BROKEN,
            "aggregate " + live.key() + " is parked: " + live.brokenReason(),
            Map.of()),
        true);
  }

  /** Wall clock of the decisions. */
  interface WallClock {
    long nowMicros();
  }
}
