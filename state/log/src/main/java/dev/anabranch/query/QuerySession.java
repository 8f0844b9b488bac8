package dev.anabranch.query;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One connection to the query database. All calls block.
 *
 * <p><b>Failure.</b> Each method but {@link #apply} throws {@link
 * dev.anabranch.store.StoreUnavailableException} when the connection is lost; {@code apply} answers
 * {@link ApplyResult.Unknown}. Either way the session is of no more use: {@link
 * QueryDatabase#reopen} gives its successor.
 *
 * <p><b>Bounds.</b> Each call ends within the configured connect and socket timeouts.
 *
 * <p><b>Threads.</b> One thread at a time; {@link #close} may be called by another one, to abandon
 * a call that is under way.
 */
public interface QuerySession extends AutoCloseable {

  /** Every version there is, of all projections, ordered by projection and version. */
  List<VersionInfo> versions();

  /**
   * Makes the caller the only writer of these shards of a version. Whoever claimed them before is
   * fenced from here on, and nothing that it sent can take effect after this method returns.
   *
   * @return next offset by shard; empty if the version does not exist
   */
  Optional<Map<Integer, Long>> claim(VersionId version, Collection<Integer> shards, long writer);

  /**
   * Where a version is in these shards, whoever fills it.
   *
   * @return next offset by shard; empty if the version does not exist
   */
  Optional<Map<Integer, Long>> positions(VersionId version, Collection<Integer> shards);

  /**
   * Returns what the records are that a version of views has read, by partition, as {@link #follow}
   * noted it. A partition is missing where the topic is not known.
   */
  Map<Integer, ViewLog.Origin> topics(VersionId version, Collection<Integer> partitions);

  /**
   * Notes, all or nothing, of which topic a version of views reads these partitions from here on,
   * and where. May be repeated.
   *
   * @param writer of the claim
   * @param from by partition; offsets may be lower than before
   * @return false if nothing was noted: somebody else has claimed one of them, or the version does
   *     not exist
   */
  boolean follow(VersionId version, long writer, Map<Integer, ViewLog.Position> from);

  /**
   * Applies a batch, all or nothing, durably: row changes, positions, parked rows.
   *
   * <p>Applying a batch once more that was applied before, by the same writer, changes nothing and
   * is {@link ApplyResult.Applied}, as long as no later one was: so a caller may repeat a batch of
   * unknown outcome after {@link QueryDatabase#reopen}. Deadlocks and lock timeouts are retried
   * within.
   */
  ApplyResult apply(QueryBatch batch);

  /**
   * The view of each of these aggregates that the version shows. An aggregate without one is
   * missing.
   */
  Map<AggregateKey, VectorTime> shownViews(VersionId version, Collection<AggregateKey> aggregates);

  /** How many rows each aggregate of these shards has parked. */
  Map<AggregateKey, Integer> parked(VersionId version, Collection<Integer> shards);

  /** The parked rows of one aggregate, in the order of its log. */
  List<ParkedRow> parkedRows(VersionId version, int shard, AggregateKey aggregate);

  /** What was asked for and not done yet, of all versions. */
  List<ParkedRequest> requests();

  /**
   * Retries of what a retry has left behind that ended in the middle: of each aggregate whose first
   * parked row has no reason, so that no tool can name it.
   */
  List<ParkedRequest> interrupted(VersionId version, Collection<Integer> shards);

  /** Clock of the last row that the version has taken of each of these shards; 0: of none. */
  Map<Integer, Long> clocks(VersionId version, Collection<Integer> shards);

  /** Why the version stands still in some of these shards, at most one row for each. */
  List<LostRow> lostRows(VersionId version, Collection<Integer> shards);

  /**
   * Records that the version stands still in the row's shard; the first finding of a shard stays.
   * Nothing is recorded of a version that does not exist.
   *
   * @return false if there is no place for it: the database's own tables are of an older release
   */
  boolean recordLost(VersionId version, LostRow row);

  /** The version goes on in this shard. */
  void forgetLost(VersionId version, int shard);

  /** Keeps an idle connection from being closed by the server; call it every few seconds. */
  void ping();

  @Override
  void close();
}
