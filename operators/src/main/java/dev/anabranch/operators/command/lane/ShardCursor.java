package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.stored.ShardRecord;

/**
 * Where an owned shard stands: the next offset to append, and the fingerprint of its last row.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class ShardCursor {

  private final int shard;
  private long nextOffset;
  private long lastWriter;
  private long lastHlc;

  /** Among its rows: another region's commit may have come with an earlier time than one before. */
  private long greatestHlc;

  /** Greatest clock given to a decision of this shard, committed or not. */
  private long headHlc;

  private boolean changed;

  /** Whether a row of this attempt is durable: then no insert of an earlier one can come late. */
  private boolean fenced;

  private boolean fenceRequested;

  private final AnsweredMarks answered = new AnsweredMarks();

  public ShardCursor(int shard) {
    this.shard = shard;
  }

  /**
   * @param greatestHlc what was noted of its rows; may be less than that of the last one
   */
  public ShardCursor(int shard, ShardRecord restored, long greatestHlc) {
    this.shard = shard;
    this.nextOffset = restored.nextOffset();
    this.lastWriter = restored.lastWriter();
    this.lastHlc = restored.lastHlc();
    this.greatestHlc = Math.max(restored.lastHlc(), greatestHlc);
    this.headHlc = this.greatestHlc;
  }

  public int shard() {
    return shard;
  }

  public long nextOffset() {
    return nextOffset;
  }

  /** Returns the hybrid logical time of the last row. */
  long lastHlc() {
    return lastHlc;
  }

  /** Returns the greatest hybrid logical time among all rows. */
  long greatestHlc() {
    return greatestHlc;
  }

  public long headHlc() {
    return headHlc;
  }

  public void raiseHeadHlc(long hlc) {
    headHlc = Math.max(headHlc, hlc);
  }

  /** The row at the next offset is durable. */
  void advance(LogRow row) {
    if (row.offset() != nextOffset) {
      throw new IllegalStateException(
          "shard " + shard + " expects offset " + nextOffset + ", not " + row.position());
    }
    nextOffset++;
    lastWriter = row.outcome().stamp().writer();
    lastHlc = row.outcome().stamp().hlc();
    greatestHlc = Math.max(greatestHlc, lastHlc);
    raiseHeadHlc(lastHlc);
    changed = true;
  }

  /** A row of this attempt is durable. */
  public void fence() {
    fenced = true;
  }

  public boolean isFenced() {
    return fenced;
  }

  /** Asks for a fence row. The first call says true: the row is to be appended. */
  public boolean requestFence() {
    var first = !fenceRequested;
    fenceRequested = true;
    return first;
  }

  public AnsweredMarks answered() {
    return answered;
  }

  public ShardRecord toRecord(String storeId) {
    return new ShardRecord(storeId, nextOffset, lastWriter, lastHlc);
  }

  /** Whether it moved since this was last asked. */
  public boolean takeChanged() {
    var result = changed;
    changed = false;
    return result;
  }
}
