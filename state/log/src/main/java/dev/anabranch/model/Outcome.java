package dev.anabranch.model;

import dev.anabranch.causality.Dot;
import org.jspecify.annotations.Nullable;

/**
 * What became of one command (or a commit from another region): a row of the log before it has a
 * position.
 *
 * @param version the aggregate's version that a commit makes, from 1; 0: the row has none
 * @param commandId 1 to 64 bytes; null only where no command of this log stands behind the row
 * @param slot empty for the first row with this command id in this log
 * @param dot identity of a commit in all regions; null for outcomes that are no commit
 */
public record Outcome(
    RowKind kind,
    AggregateKey aggregate,
    long version,
    @Nullable String commandId,
    String slot,
    @Nullable Dot dot,
    Stamp stamp,
    Blobs blobs) {

  public static final int MAX_COMMAND_ID_BYTES = 64;
  public static final long NO_VERSION = 0;

  public Outcome {
    if (kind.hasVersion() != (version > 0)) {
      throw new IllegalArgumentException(kind + " row with version " + version);
    }
  }

  /**
   * Identity of the commit, of a row that is one.
   *
   * @throws IllegalStateException if it is none
   */
  public Dot commitDot() {
    if (dot == null) {
      throw new IllegalStateException("a " + kind + " row of " + aggregate + " is no commit");
    }
    return dot;
  }

  public LogRow at(int shard, long offset) {
    return new LogRow(new LogPosition(shard, offset), this);
  }
}
