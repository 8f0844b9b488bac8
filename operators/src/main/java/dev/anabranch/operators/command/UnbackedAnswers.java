package dev.anabranch.operators.command;

import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.CommandProcessor.WallClock;
import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.aggregate.DecisionTime;
import dev.anabranch.operators.command.decide.Replies;
import dev.anabranch.operators.command.lane.AnsweredMarks;
import dev.anabranch.operators.command.lane.FenceRow;
import dev.anabranch.operators.command.lane.FencedException;
import dev.anabranch.operators.command.lane.Lane;
import dev.anabranch.operators.command.lane.LaneRequest;
import dev.anabranch.operators.command.lane.Lanes;
import dev.anabranch.operators.command.lane.Unsettled;
import dev.anabranch.operators.command.lane.Unsettled.Malformed;
import dev.anabranch.operators.command.waiting.Incoming;
import dev.anabranch.operators.command.waiting.Requesters;
import dev.anabranch.store.CommandRef;
import dev.anabranch.wire.CommandWire;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives answers that no row backs: errors, and rejections of types that do not store them. Who got
 * one may rely on it that this record of the command is never executed. So, in this order:
 *
 * <ol>
 *   <li>the state that the answer was decided on is durable (it waits in the lane before it comes
 *       here);
 *   <li>the store has no row of the command; a row beyond what this task has folded fences it;
 *   <li>the shard has a row of this attempt, so that no insert of an earlier one comes late ({@link
 *       FenceRow});
 *   <li>the store has recorded, for this attempt and no later one, that all records up to this one
 *       are answered ({@link AnsweredMarks}).
 * </ol>
 *
 * <p><b>Cost.</b> Two round trips per answer, shared by those that come together.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class UnbackedAnswers {

  private final CommandOperatorOptions options;
  private final Lanes lanes;
  private final long writer;
  private final Outputs outputs;
  private final WallClock clock;
  private final CommandCounts counts;
  private final GivenAnswers given = new GivenAnswers();
  private final Map<CommandRef, Unsettled> open = new HashMap<>();
  private BiConsumer<Incoming, LogRow> onRow = (in, row) -> {};

  UnbackedAnswers(
      CommandOperatorOptions options,
      Lanes lanes,
      long writer,
      Outputs outputs,
      WallClock clock,
      CommandCounts counts) {
    this.options = options;
    this.lanes = lanes;
    this.writer = writer;
    this.outputs = outputs;
    this.clock = clock;
    this.counts = counts;
  }

  /** Who answers from a row that a command turned out to have; set once, before the first one. */
  void onRow(BiConsumer<Incoming, LogRow> listener) {
    onRow = listener;
  }

  /** What is on its way for the same command; null: nothing. */
  @Nullable Unsettled open(Incoming in) {
    return open.isEmpty() ? null : open.get(refOf(in));
  }

  /** The answer that this record's command got already, while this record was in the topic. */
  Decided.@Nullable Unbacked given(Incoming in) {
    return given.isEmpty() ? null : given.find(refOf(in), in, nowMillis());
  }

  /** Begins to give an answer whose state is durable. */
  void begin(Requesters requesters, Incoming first, Decided.Unbacked answer) {
    var unsettled = new Unsettled(requesters, first, answer);
    var ref = refOf(first);
    if (open.putIfAbsent(ref, unsettled) != null) {
      throw new IllegalStateException("two answers at once to " + ref);
    }
    lanes.of(first.shard()).settling(unsettled);
    Consumer<@Nullable LogRow> found =
        row -> {
          if (row == null) {
            unsettled.isReady = true;
          } else {
            hasRow(unsettled, ref, row);
          }
        };
    lanes.of(first.shard()).worker().submit(new LaneRequest.Find(null, ref, found));
  }

  /** Begins to refuse a record that is no command. */
  void refuse(CommandRecord record, long number, CommandWire.Malformed why, Lane lane) {
    var shard = Shards.shardOf(record.routingKey(), options.shardCount());
    var answer =
        new Decided.Unbacked(
            ReplyStatus.ERROR, ReplyBody.reason(why.code(), why.message(), Map.of()), true);
    lane.settling(new Unsettled(new Malformed(record, number, why), shard, answer));
  }

  /** Moves the lane's answers on as far as they get without waiting. */
  void settle(Lane lane) {
    if (!lane.isReady() || lane.unsettled().isEmpty() || isMarking(lane)) {
      return;
    }
    var ready = new LinkedHashSet<Unsettled>();
    for (var each : lane.unsettled()) {
      if (each.isReady && isFenced(each)) {
        ready.add(each);
      }
    }
    if (ready.isEmpty()) {
      return;
    }
    var told = new ArrayList<Unsettled>();
    var due = due(lane, ready, told);
    told.forEach(this::tell);
    if (!due.isEmpty()) {
      record(lane, due);
    }
  }

  private static boolean isMarking(Lane lane) {
    for (var each : lane.unsettled()) {
      if (each.isMarking) {
        return true;
      }
    }
    return false;
  }

  /** Whether no insert of an earlier attempt can give the command a row; else a fence is sent. */
  private boolean isFenced(Unsettled answer) {
    var cursor = lanes.cursors().get(answer.shard);
    if (answer.requesters == null || cursor.isFenced()) {
      return true;
    }
    if (cursor.requestFence()) {
      var micros = clock.nowMicros();
      var hlc = HybridLogicalClock.tick(micros / 1_000, cursor.headHlc());
      cursor.raiseHeadHlc(hlc);
      lanes
          .of(answer.shard)
          .join(
              FenceRow.of(
                  answer.shard,
                  options.shardCount(),
                  options.region(),
                  writer,
                  new DecisionTime(hlc, micros)));
    }
    return false;
  }

  /**
   * Those of the answers in front of whose records nothing is undecided.
   *
   * @param told takes those whose records the store has marked already
   */
  private List<Unsettled> due(Lane lane, Set<Unsettled> ready, List<Unsettled> told) {
    var shards = new LinkedHashSet<Integer>();
    ready.forEach(each -> shards.add(each.shard));
    shards.forEach(shard -> lanes.cursors().get(shard).answered().beginScan());
    lane.scanUndecided(shards);
    for (var each : lane.unsettled()) {
      if (shards.contains(each.shard) && !ready.contains(each)) {
        forEachRecord(each, r -> marksOf(each).unanswered(r.source()));
      }
    }
    var due = new ArrayList<Unsettled>();
    for (var each : ready) {
      var isMarked = allRecords(each, r -> marksOf(each).isDurable(r.source()));
      (isMarked ? told : due).add(each);
    }
    // What has to wait holds the marks of its partitions back, and so others that are behind it.
    while (due.removeIf(this::mustWait)) {}
    return due;
  }

  private boolean mustWait(Unsettled each) {
    if (allRecords(each, r -> marksOf(each).mayMark(r.source()))) {
      return false;
    }
    forEachRecord(each, r -> marksOf(each).unanswered(r.source()));
    return true;
  }

  private void record(Lane lane, List<Unsettled> due) {
    var marks = new HashMap<Integer, byte[]>();
    for (var each : due) {
      each.isMarking = true;
      marks.computeIfAbsent(each.shard, s -> marksOf(each).toBytes());
    }
    Consumer<Boolean> recorded =
        isOwner -> {
          if (!isOwner) {
            counts.fenced();
            throw new FencedException(
                "a later attempt has taken over the shards "
                    + marks.keySet()
                    + ": this task is a zombie, or a second job runs on this region. Restarting"
                    + " from what the store holds");
          }
          marks.keySet().forEach(shard -> lanes.cursors().get(shard).answered().recorded());
          due.forEach(this::tell);
        };
    lane.worker().submit(new LaneRequest.Answered(writer, marks, recorded));
  }

  private void hasRow(Unsettled unsettled, CommandRef ref, LogRow row) {
    if (!lanes.cursors().knows(row)) {
      counts.fenced();
      throw FencedException.behind(row);
    }
    open.remove(ref);
    lanes.of(unsettled.shard).settled(unsettled);
    if (unsettled.requesters != null) {
      unsettled.requesters.all().forEach(in -> onRow.accept(in, row));
    }
  }

  private void tell(Unsettled unsettled) {
    lanes.of(unsettled.shard).settled(unsettled);
    var requesters = unsettled.requesters;
    if (requesters == null) {
      tellMalformed(unsettled);
      return;
    }
    var first = requesters.all().get(0);
    open.remove(refOf(first));
    for (var in : requesters.all()) {
      tell(in, unsettled.answer);
    }
    given.remember(refOf(first), requesters.all(), unsettled.answer, nowMillis());
  }

  private void tell(Incoming in, Decided.Unbacked answer) {
    lanes.of(in.shard()).answered(in.record());
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

  private void tellMalformed(Unsettled unsettled) {
    var malformed = unsettled.malformed();
    var why = malformed.why();
    lanes.of(unsettled.shard).answered(malformed.record());
    counts.unbacked(ReplyStatus.ERROR);
    outputs.deadLetter(new DeadLetter(malformed.record(), why.code(), why.message()));
    outputs.reply(
        Replies.unbacked(
            why.commandId(),
            why.aggregate(),
            why.target(),
            ReplyStatus.ERROR,
            unsettled.answer.reply()));
  }

  private AnsweredMarks marksOf(Unsettled each) {
    return lanes.cursors().get(each.shard).answered();
  }

  private static void forEachRecord(Unsettled each, Consumer<CommandRecord> action) {
    if (each.requesters == null) {
      action.accept(each.malformed().record());
    } else {
      each.requesters.all().forEach(in -> action.accept(in.record()));
    }
  }

  private static boolean allRecords(Unsettled each, Predicate<CommandRecord> condition) {
    return each.requesters == null
        ? condition.test(each.malformed().record())
        : each.requesters.all().stream().map(Incoming::record).allMatch(condition);
  }

  private long nowMillis() {
    return clock.nowMicros() / 1_000;
  }

  private static CommandRef refOf(Incoming in) {
    return new CommandRef(in.command().aggregate(), in.command().commandId());
  }
}
