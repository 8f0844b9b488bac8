package dev.anabranch.operators.command.aggregate;

import dev.anabranch.history.Commit;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.waiting.Incoming;
import dev.anabranch.operators.command.waiting.Requesters;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a lane for the rows in front of it to be durable: a row of its own, which is the
 * outcome of a decided command, another region's commit or a fence; or an answer without a row,
 * which may be given only when the state that it was decided on has become real.
 *
 * <p><b>Threads.</b> The task's thread only; the rows made of {@link #row} are immutable.
 */
public final class PendingOutcome {

  /** The record of another region's commit; null: it is none. */
  public final @Nullable CommandRecord remote;

  /** Who waits for it; a commit of another region may have repeats of its command here. */
  public final Requesters requesters;

  public final LiveAggregate aggregate;
  public final int shard;

  /** Estimate of the state that it makes, of which each pending commit has one of its own. */
  private final long stateBytes;

  /** Fixed at the first decision, so that a second one keeps the shard's clock in order. */
  public final DecisionTime time;

  private Decided decided;

  private LiveAggregate.Version after;

  private PendingOutcome(
      @Nullable CommandRecord remote,
      @Nullable Incoming incoming,
      LiveAggregate aggregate,
      int shard,
      DecisionTime time,
      Decided decided) {
    this.remote = remote;
    this.requesters = new Requesters(incoming);
    this.aggregate = aggregate;
    this.shard = shard;
    this.time = time;
    this.decided = decided;
    this.after = decided instanceof Decided.Row row ? row.after() : aggregate.head();
    this.stateBytes = aggregate.bytes();
  }

  public static PendingOutcome own(
      Incoming in, LiveAggregate aggregate, DecisionTime time, Decided decided) {
    return new PendingOutcome(null, in, aggregate, in.shard(), time, decided);
  }

  public static PendingOutcome remote(
      CommandRecord record,
      LiveAggregate aggregate,
      int shard,
      DecisionTime time,
      Decided.Row decided) {
    return new PendingOutcome(record, null, aggregate, shard, time, decided);
  }

  public static PendingOutcome fence(
      LiveAggregate nobody, int shard, DecisionTime time, Decided.Row row) {
    return new PendingOutcome(null, null, nobody, shard, time, row);
  }

  /** Whether the row is a commit of another region. */
  public boolean isRemote() {
    return remote != null;
  }

  /** Whether the row is of no command and no region: it ends late inserts of earlier attempts. */
  public boolean isFence() {
    return remote == null && requesters.first() == null;
  }

  public boolean hasRow() {
    return decided instanceof Decided.Row;
  }

  public Decided.Row row() {
    if (decided instanceof Decided.Row row) {
      return row;
    }
    throw new IllegalStateException("an answer without a row");
  }

  /** The answer that no row backs; null: it has a row. */
  public Decided.@Nullable Unbacked unbacked() {
    return decided instanceof Decided.Unbacked answer ? answer : null;
  }

  public Outcome outcome() {
    return row().outcome();
  }

  /** Bytes of its row, as a Kafka record. */
  public int bytes() {
    return decided instanceof Decided.Row row ? row.bytes() : 0;
  }

  /** Estimate of what it keeps on the heap until it leaves. */
  public long heldBytes() {
    return decided instanceof Decided.Row row
        ? row.bytes() + (row.outcome().kind().hasVersion() ? stateBytes : 0)
        : 0;
  }

  @Nullable String commandId() {
    var own = requesters.first();
    return own == null ? row().outcome().commandId() : own.command().commandId();
  }

  /** The slot of its row. It is empty unless the command has a row in this log already. */
  public String slot() {
    return decided instanceof Decided.Row row ? row.outcome().slot() : "";
  }

  /** What came in, of a command. */
  public Incoming incoming() {
    var own = requesters.first();
    if (own == null) {
      throw new IllegalStateException("a commit of another region has no command here");
    }
    return own;
  }

  /** The command of a row that is one. */
  public CommandEnvelope command() {
    return incoming().command();
  }

  /** The aggregate after it; of a row only. */
  public LiveAggregate.Version after() {
    return after;
  }

  /** The head of its aggregate has moved on over its row. */
  void headIs(LiveAggregate.Version head) {
    after = head;
  }

  public void decidedAgain(Decided again) {
    decided = again;
    after = again instanceof Decided.Row row ? row.after() : after;
  }

  /** The commit of another region that its row is. */
  public Commit commit() {
    var commit = row().commit();
    if (commit == null) {
      throw new IllegalStateException(outcome().aggregate() + ": a row that is no commit");
    }
    return commit;
  }

  /** Puts its row, the same commit, into another slot. */
  public void inSlot(Commit commit) {
    var row = row();
    decided = new Decided.Row(commit.outcome(), commit, row.reply(), row.after(), row.bytes());
  }
}
