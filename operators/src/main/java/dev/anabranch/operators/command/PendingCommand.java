package dev.anabranch.operators.command;

import dev.anabranch.model.Outcome;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a lane for the rows in front of it to be durable: a row of its own, which is the
 * outcome of a decided command, another region's commit or a fence; or an answer without a row,
 * which may be given only when the state that it was decided on has become real.
 *
 * <p><b>Threads.</b> The task's thread only; the rows made of {@link #row} are immutable.
 */
final class PendingCommand {

  /** The record of another region's commit; null: it is none. */
  final @Nullable CommandRecord remote;

  /** Who waits for it; a commit of another region may have repeats of its command here. */
  final Asked asked;

  final LiveAggregate aggregate;
  final int shard;

  /** Estimate of the state that it makes, of which each pending commit has one of its own. */
  private final long stateBytes;

  /** Fixed at the first decision, so that a second one keeps the shard's clock in order. */
  final DecisionTime time;

  private Decided decided;

  /** The aggregate after it; of a row only. */
  LiveAggregate.Version after;

  private PendingCommand(
      @Nullable CommandRecord remote,
      @Nullable Incoming incoming,
      LiveAggregate aggregate,
      int shard,
      DecisionTime time,
      Decided decided) {
    this.remote = remote;
    this.asked = new Asked(incoming);
    this.aggregate = aggregate;
    this.shard = shard;
    this.time = time;
    this.decided = decided;
    this.after = decided instanceof Decided.Row row ? row.after() : aggregate.head;
    this.stateBytes = aggregate.bytes();
  }

  static PendingCommand own(
      Incoming in, LiveAggregate aggregate, DecisionTime time, Decided decided) {
    return new PendingCommand(null, in, aggregate, in.shard(), time, decided);
  }

  static PendingCommand remote(
      CommandRecord record,
      LiveAggregate aggregate,
      int shard,
      DecisionTime time,
      Decided.Row decided) {
    return new PendingCommand(record, null, aggregate, shard, time, decided);
  }

  static PendingCommand fence(LiveAggregate nobody, int shard, DecisionTime time, Decided.Row row) {
    return new PendingCommand(null, null, nobody, shard, time, row);
  }

  /** Whether the row is a commit of another region. */
  boolean isRemote() {
    return remote != null;
  }

  /** Whether the row is of no command and no region: it ends late inserts of earlier attempts. */
  boolean isFence() {
    return remote == null && asked.first() == null;
  }

  boolean hasRow() {
    return decided instanceof Decided.Row;
  }

  Decided.Row row() {
    if (decided instanceof Decided.Row row) {
      return row;
    }
    throw new IllegalStateException("an answer without a row");
  }

  /** The answer that no row backs; null: it has a row. */
  Decided.@Nullable Unbacked unbacked() {
    return decided instanceof Decided.Unbacked answer ? answer : null;
  }

  Outcome outcome() {
    return row().outcome();
  }

  /** Bytes of its row, as a Kafka record. */
  int bytes() {
    return decided instanceof Decided.Row row ? row.bytes() : 0;
  }

  /** Estimate of what it keeps on the heap until it leaves. */
  long heldBytes() {
    return decided instanceof Decided.Row row
        ? row.bytes() + (row.outcome().kind().hasVersion() ? stateBytes : 0)
        : 0;
  }

  @Nullable String commandId() {
    var own = asked.first();
    return own == null ? row().outcome().commandId() : own.command().commandId();
  }

  /** Empty, unless its command has a row in this log already. */
  String slot() {
    return decided instanceof Decided.Row row ? row.outcome().slot() : "";
  }

  /** What came in, of a command. */
  Incoming incoming() {
    var own = asked.first();
    if (own == null) {
      throw new IllegalStateException("a commit of another region has no command here");
    }
    return own;
  }

  /** The command of a row that is one. */
  CommandEnvelope command() {
    return incoming().command();
  }

  void decidedAgain(Decided again) {
    decided = again;
    after = again instanceof Decided.Row row ? row.after() : after;
  }

  /** The same row in another slot. */
  void inSlot(Outcome outcome) {
    var row = row();
    decided = new Decided.Row(outcome, row.reply(), row.after(), row.bytes());
  }
}
