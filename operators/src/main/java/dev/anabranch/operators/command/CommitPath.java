package dev.anabranch.operators.command;

import dev.anabranch.history.Commit;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.command.aggregate.PendingOutcome;
import dev.anabranch.operators.command.decide.Replies;
import dev.anabranch.operators.command.lane.FencedException;
import dev.anabranch.operators.command.lane.Lane;
import dev.anabranch.operators.command.lane.LaneRequest;
import dev.anabranch.operators.command.lane.Lanes;
import dev.anabranch.operators.task.StoreContradictionException;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.AppendResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of an insert, from a lane to the store and back: durable rows move their aggregates and
 * shards on, and are published and answered, in this order; repeats found in the store are answered
 * from their rows.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class CommitPath {

  private final Lanes lanes;
  private final CommandProcessor processor;
  private final RemoteCommits remote;
  private final Replies replies;
  private final Outputs outputs;
  private final CommandCounts counts;
  private final TaskThreads threads;
  private final int commandWindow;

  /** Rows of the append that has ended in this turn; 0: none has. */
  private int appended;

  CommitPath(
      CommandOperatorOptions options,
      Lanes lanes,
      CommandProcessor processor,
      RemoteCommits remote,
      Outputs outputs,
      CommandCounts counts,
      TaskThreads threads) {
    this.lanes = lanes;
    this.processor = processor;
    this.remote = remote;
    this.replies = new Replies(options.region());
    this.outputs = outputs;
    this.counts = counts;
    this.threads = threads;
    this.commandWindow = options.commandWindow();
  }

  /** Sends the lane's next insert, if its connection is idle and one has formed. */
  void send(Lane lane) {
    var rows = lane.nextInsert();
    if (rows != null) {
      var sentNanos = threads.nanoTime();
      lane.worker()
          .submit(
              new LaneRequest.Append(
                  rows, result -> ended(lane, rows, result, threads.nanoTime() - sentNanos)));
    }
  }

  /** Rows of the append that has ended since this was last asked; 0: none has. */
  int takeAppended() {
    var rows = appended;
    appended = 0;
    return rows;
  }

  private void ended(Lane lane, List<LogRow> rows, AppendResult result, long nanos) {
    if (result instanceof AppendResult.Appended) {
      counts.appended(rows.size(), nanos);
      var commands = lane.takeInFlight();
      // What has formed was decided on these: the database need not wait until they are told of.
      send(lane);
      committed(lane, commands, rows);
    } else if (result instanceof AppendResult.DuplicateCommands duplicates) {
      repeatsFound(lane, rows, duplicates.stored());
    } else if (result instanceof AppendResult.Fenced fenced) {
      counts.fenced();
      throw new FencedException(
          "another writer ("
              + Long.toHexString(fenced.otherWriter())
              + ") holds "
              + fenced.position()
              + ": a second job runs on this region, or this task is a zombie."
              + " Restarting from what the store holds");
    } else if (result instanceof AppendResult.StateMismatch mismatch) {
      throw new StoreContradictionException(
          "state and store disagree: would append version "
              + mismatch.ours().outcome().version()
              + " of "
              + mismatch.ours().outcome().aggregate()
              + " at "
              + mismatch.ours().position()
              + ", which the store has at "
              + mismatch.stored().position()
              + " by command "
              + mismatch.stored().outcome().commandId());
    } else {
      throw new IllegalStateException("a lane settles " + result + " itself");
    }
    appended = rows.size();
  }

  private void committed(Lane lane, List<PendingOutcome> commands, List<LogRow> rows) {
    var next = rows.iterator();
    for (var command : commands) {
      if (!command.hasRow()) {
        processor.release(command);
        continue;
      }
      var row = next.next();
      lane.left(command);
      lanes.cursors().get(row.shard()).fence();
      if (command.isFence()) {
        lanes.cursors().advance(row);
        outputs.publish(row);
        continue;
      }
      command.aggregate.becameDurable(command, row, commandWindow);
      lanes.cursors().advance(row);
      outputs.publish(row);
      answer(lane, command, row);
      gateHears(lane, command, row);
    }
  }

  private void gateHears(Lane lane, PendingOutcome command, LogRow row) {
    var live = command.aggregate;
    var dot = row.outcome().dot();
    if (dot == null) {
      return;
    }
    if (!command.isRemote()) {
      remote.released(live, dot, lane);
      return;
    }
    var gate = live.openGate();
    if (gate != null) {
      gate.durable(dot, row.outcome().kind() == RowKind.TOMBSTONE);
    }
  }

  private void answer(Lane lane, PendingOutcome command, LogRow row) {
    var commit = command.remote;
    if (commit != null) {
      lane.answeredRemote(commit);
    } else {
      counts.outcome(row.outcome().kind());
      outputs.reply(replies.committed(command, row));
      lane.answered(command.incoming().record());
    }
    answerRepeats(lane, command, row);
  }

  private void repeatsFound(Lane lane, List<LogRow> rows, List<LogRow> stored) {
    var byCommand = new HashMap<InSlot, LogRow>();
    for (var row : stored) {
      checkKnown(row);
      byCommand.put(InSlot.of(row.outcome()), row);
    }
    var again = new ArrayList<PendingOutcome>();
    var disturbed = new LinkedHashSet<LiveAggregate>();
    var commands = lane.takeInFlight();
    rows.forEach(row -> lanes.cursors().unassign(row.shard()));
    var repeats = new LinkedHashMap<PendingOutcome, LogRow>();
    for (var command : commands) {
      var original = command.hasRow() ? byCommand.get(InSlot.of(command.outcome())) : null;
      if (original == null) {
        again.add(command);
      } else if (command.isRemote()) {
        // Its command has a row here already: its own goes into another slot.
        command.inSlot(inSlotOfItsOrigin(command.commit(), original));
        again.add(command);
        disturbed.add(command.aggregate);
      } else {
        command.aggregate.withdraw(command);
        lane.left(command);
        repeats.put(command, original);
        disturbed.add(command.aggregate);
      }
    }
    if (disturbed.isEmpty()) {
      throw new IllegalStateException("the store named repeats that were not in the insert");
    }
    lane.formAgain(again);
    for (var live : disturbed) {
      processor.decideAgain(live, lane);
    }
    repeats.forEach(
        (command, row) -> command.requesters.all().forEach(in -> processor.answerEarlier(in, row)));
  }

  private static Commit inSlotOfItsOrigin(Commit remote, LogRow stored) {
    var dot = remote.dot();
    if (dot.equals(stored.outcome().dot()) || !remote.outcome().slot().isEmpty()) {
      throw new StoreContradictionException(
          "the store has the commit "
              + dot
              + " at "
              + stored.position()
              + " already, which this job's state does not know; start it without a checkpoint");
    }
    return remote.inSlot(dot.origin().value());
  }

  /** A repeat's row lies below our offsets, so it is folded already; else we are not up to date. */
  private void checkKnown(LogRow row) {
    if (!lanes.cursors().knows(row)) {
      counts.fenced();
      throw FencedException.behind(row);
    }
  }

  private void answerRepeats(Lane lane, PendingOutcome command, LogRow row) {
    for (var repeat : command.requesters.repeats()) {
      counts.repeated();
      outputs.reply(replies.repeated(repeat.command(), row));
      lane.answered(repeat.record());
    }
  }

  /** What is unique among the rows that have a command. */
  private record InSlot(AggregateKey aggregate, @Nullable String commandId, String slot) {
    static InSlot of(Outcome outcome) {
      return new InSlot(outcome.aggregate(), outcome.commandId(), outcome.slot());
    }
  }
}
