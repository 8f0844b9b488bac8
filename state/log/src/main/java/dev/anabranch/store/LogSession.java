package dev.anabranch.store;

import dev.anabranch.model.LogRow;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One connection to one physical database of the log, for the writer of its shards.
 *
 * <p><b>Failure.</b> {@link #append} answers {@link AppendResult.Unknown} when the connection is
 * lost, all else throws as reads do. Then {@link EventStore#reopen} gives the successor.
 */
public interface LogSession extends StoredLog {

  /**
   * Appends the rows, all or none, durably. Rows of one shard are in offset order without a gap;
   * its first one is at the shard's next free offset as far as the caller knows.
   *
   * <p>Appending rows that are already stored, byte for byte and by the same writer, is {@link
   * AppendResult.Appended}: so a caller may repeat an append of unknown outcome after {@link
   * EventStore#reopen}. Deadlocks and lock timeouts are retried within.
   *
   * @param rows at least one, of shards whose home is this database
   */
  AppendResult append(List<LogRow> rows);

  /** Records that all rows below these offsets are published. Never moves an offset back. */
  void recordPublished(Map<Integer, Long> nextOffsets);

  /**
   * Whether some writer checkpointed commands that it had taken from Kafka and not yet decided:
   * then a start without a checkpoint must read the commands from the earliest on.
   */
  boolean hasParkedCommands();

  /**
   * Records which of the shards, from the first to the last one, have parked commands: exactly
   * these. What is recorded of other shards stays.
   *
   * @param parked shards of that range; they need not have their home in this database
   */
  void recordParked(int firstShard, int lastShard, Set<Integer> parked);

  /**
   * Makes this writer the only one that may record what is answered of these shards, and gives what
   * is recorded so far. What an earlier writer is about to record takes effect before, or never.
   *
   * @return bytes as {@link #recordAnswered} got them, by shard; empty where nothing is recorded
   */
  Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards);

  /**
   * Records, durably, up to where the commands of the shards are answered; for each shard in place
   * of what was recorded before.
   *
   * @return false: another writer has taken over some of the shards; these keep what they have
   */
  boolean recordAnswered(long writer, Map<Integer, byte[]> marks);

  /**
   * By shard, a place in its partition of the events topic: every row of the shard that was
   * published before it is in this database. A shard never recorded is missing.
   */
  Map<Integer, LogBookmark> bookmarks(Collection<Integer> shards);

  /**
   * Records {@link #bookmarks}, in this database and after the rows that they speak of: so a copy
   * that lacks rows has older ones.
   */
  void recordBookmarks(Map<Integer, LogBookmark> bookmarks);

  /** Records that a loss is accepted, and forgets what was {@link #missing} of the shard. */
  void acceptLoss(AcceptedLoss loss);

  /** Records that a row is missing; the first finding of a shard stays. */
  void recordMissing(MissingRow row);
}
