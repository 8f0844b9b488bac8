package dev.anabranch.operators.command;

import dev.anabranch.model.CommandEnvelope;
import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.ReplyBody;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that is not yet known to be durable: the outcome of a decided command, or another region's
 * commit.
 *
 * <p><b>Threads.</b> The task's thread only; the rows made of {@link #outcome} are immutable.
 */
final class PendingCommand {

  final CommandRecord record;

  /** The command; null: the row is a commit of another region, which nobody here waits for. */
  final @Nullable CommandEnvelope envelope;

  final LiveAggregate aggregate;
  final int shard;

  /** Fixed at the first decision, so that a second one keeps the shard's clock in order. */
  final DecisionTime time;

  Outcome outcome;
  ReplyBody reply;
  LiveAggregate.Version after;
  int bytes;

  /** Repeats that came meanwhile; bounded, since each counts as pending in its lane. */
  private List<CommandRepeat> repeats = List.of();

  PendingCommand(
      CommandRecord record,
      @Nullable CommandEnvelope envelope,
      LiveAggregate aggregate,
      int shard,
      DecisionTime time,
      Decided.Row decided) {
    this.record = record;
    this.envelope = envelope;
    this.aggregate = aggregate;
    this.shard = shard;
    this.time = time;
    this.outcome = decided.outcome();
    this.reply = decided.reply();
    this.after = decided.after();
    this.bytes = decided.bytes();
  }

  /** Whether the row is a commit of another region. */
  boolean isRemote() {
    return envelope == null;
  }

  /** The command of a row that is one. */
  CommandEnvelope command() {
    var own = envelope;
    if (own == null) {
      throw new IllegalStateException("a commit of another region has no command here");
    }
    return own;
  }

  void decidedAgain(Decided.Row decided) {
    outcome = decided.outcome();
    reply = decided.reply();
    after = decided.after();
    bytes = decided.bytes();
  }

  /** Takes a repeat that is to have the same answer; false: its asker waits for it already. */
  boolean addRepeat(CommandRepeat repeat) {
    var asker = Asker.of(repeat.record, repeat.envelope);
    if (envelope != null && asker.equals(Asker.of(record, envelope))) {
      return false;
    }
    for (var earlier : repeats) {
      if (asker.equals(Asker.of(earlier.record, earlier.envelope))) {
        return false;
      }
    }
    if (repeats.isEmpty()) {
      repeats = new ArrayList<>(2);
    }
    repeats.add(repeat);
    return true;
  }

  List<CommandRepeat> repeats() {
    return repeats;
  }

  /** A further record with the same command id. */
  record CommandRepeat(CommandRecord record, CommandEnvelope envelope) {}
}
