package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogPosition;
import dev.anabranch.operators.task.LostRowsException;
import dev.anabranch.operators.task.TaskLock;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure, before a lane decides anything, that its database has every row that is known to be
 * committed: what the checkpoint says, what an earlier attempt has missed, and what the end of the
 * region's own events topic shows. A row that is not there was lost by a failover to a replica that
 * lagged, or by a restored backup; its offset must not be given again.
 *
 * <p><b>Bounds.</b> The topic is read once per attempt and database, from the database's own
 * bookmarks on; of each shard one fingerprint is kept. While one database is away, the lanes of the
 * others are not held up.
 *
 * <p><b>Failure.</b> A topic that can't be read stops nothing: the log and a metric say which
 * shards were not looked at.
 *
 * <p><b>Threads.</b> {@link #own} by the task's thread, before the lanes start; then the lanes'.
 */
public final class LossCheck implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LossCheck.class);
  private static final int MAX_NAMED = 10;

  private final PublishedLog.Session topic;
  private final StoreLayout layout;
  private final String region;
  private final IntConsumer unchecked;
  private final TaskThreads threads;
  private final Map<Integer, List<Integer>> owned = new TreeMap<>();

  /** Held while a database is waited for: whoever waits for the lock needs the same one. */
  private final Map<Integer, TaskLock> locks = new ConcurrentHashMap<>();

  /** Held for the time of Kafka's answer only. */
  private final TaskLock topicLock;

  private final Map<Integer, PublishedLog.Found> foundByDatabase = new ConcurrentHashMap<>();
  private final Set<Integer> accepted = ConcurrentHashMap.newKeySet();
  private volatile boolean grantMissed;

  /**
   * The check of a subtask.
   *
   * @param unchecked hears of shards that could not be compared
   */
  public LossCheck(
      PublishedLog.Session topic,
      StoreLayout layout,
      String region,
      IntConsumer unchecked,
      TaskThreads threads) {
    this.threads = threads;
    this.topicLock = new TaskLock(threads);
    this.topic = topic;
    this.layout = layout;
    this.region = region;
    this.unchecked = unchecked;
  }

  public void own(int shard) {
    owned.computeIfAbsent(layout.databaseOf(shard), d -> new ArrayList<>()).add(shard);
  }

  /**
   * Compares the checkpointed rows with the store.
   *
   * @param expected by shard, its last row in the checkpoint
   * @throws LostRowsException if one of them is not there
   */
  void checkCheckpointed(LaneConnection connection, Map<Integer, ShardHead> expected)
      throws InterruptedException {
    var losses = connection.call(LogSession::acceptedLosses);
    connection.knowAccepted(losses);
    for (var lost : lacking(connection, expected).entrySet()) {
      var accepted = accepted(losses, lost.getKey(), lost.getValue().offset());
      if (accepted != null) {
        throw new LostRowsException(
            "the checkpoint holds row "
                + new LogPosition(lost.getKey(), lost.getValue().offset())
                + ", whose loss "
                + accepted.author()
                + " has accepted: start without a checkpoint, or from one that was made before"
                + " offset "
                + accepted.fromOffset()
                + " was written");
      }
    }
    requireNone(connection, lacking(connection, expected), "the checkpoint");
  }

  /**
   * Compares what earlier attempts and the events topic know of the shards.
   *
   * @throws LostRowsException if a row is not there and nobody has accepted that
   */
  void check(LaneConnection connection, Collection<Integer> shards) throws InterruptedException {
    var losses = connection.call(LogSession::acceptedLosses);
    connection.knowAccepted(losses);
    losses.forEach(loss -> accepted.add(loss.shard()));
    checkMissing(connection, shards);
    var published = new HashMap<>(found(connection, shards).heads());
    published.keySet().retainAll(List.copyOf(shards));
    requireNone(connection, lacking(connection, published), "its events topic");
  }

  /** Whether a loss of the shard was accepted; known once its lane is ready. */
  public boolean isAccepted(int shard) {
    return accepted.contains(shard);
  }

  /** Writes bookmarks into the lane's database, where its rows are. */
  void record(LaneConnection connection, Map<Integer, LogBookmark> ends)
      throws InterruptedException {
    try {
      connection.call(
          session -> {
            session.recordBookmarks(ends);
            return ends;
          });
    } catch (StoreLayoutException e) {
      warnOfGrant(connection, e);
    }
  }

  /** Notes that another region knows more of this one's commits than its store, and fails. */
  void refuse(LaneConnection connection, int shard, String what) throws InterruptedException {
    note(connection, new MissingRow(shard, null, what, connection.foundAtMicros(shard)));
    throw new LostRowsException(message(connection.databaseName(), what, shard, null));
  }

  /**
   * What to throw for a row that is gone; the database is told first, so that every later start
   * knows it.
   */
  static LostRowsException lost(
      LogSession session, String database, ShardHead known, int shard, String who, long atMicros) {
    var what = what(new LogPosition(shard, known.offset()), who);
    try {
      session.recordMissing(new MissingRow(shard, known, what, atMicros));
    } catch (StoreUnavailableException | StoreLayoutException e) {
      LOG.warn("Database {} can't note that it lost a row: {}", database, e.getMessage());
    }
    return new LostRowsException(message(database, what, shard, known.offset()));
  }

  @Override
  public void close() {
    topic.close();
  }

  private void checkMissing(LaneConnection connection, Collection<Integer> shards)
      throws InterruptedException {
    for (var row : connection.call(LogSession::missing)) {
      if (!shards.contains(row.shard())) {
        continue;
      }
      var head = row.head();
      if (head == null) {
        throw new LostRowsException(
            message(connection.databaseName(), row.what(), row.shard(), null));
      }
      if (!lacking(connection, Map.of(row.shard(), head)).isEmpty()) {
        throw new LostRowsException(
            message(connection.databaseName(), row.what(), row.shard(), head.offset()));
      }
      LOG.info("Shard {} has the row again that it lacked: {}", row.shard(), row.what());
    }
  }

  private void requireNone(LaneConnection connection, Map<Integer, ShardHead> lacking, String who)
      throws InterruptedException {
    if (lacking.isEmpty()) {
      return;
    }
    for (var row : lacking.entrySet()) {
      var position = new LogPosition(row.getKey(), row.getValue().offset());
      note(
          connection,
          new MissingRow(
              row.getKey(),
              row.getValue(),
              what(position, who),
              connection.foundAtMicros(row.getKey())));
    }
    var named =
        lacking.entrySet().stream()
            .limit(MAX_NAMED)
            .map(row -> new LogPosition(row.getKey(), row.getValue().offset()))
            .toList();
    var first = named.get(0);
    var more = lacking.size() - 1;
    throw new LostRowsException(
        message(
            connection.databaseName(),
            what(first, who)
                + (more == 0 ? "" : ", and " + more + " other shards lack rows (" + named + ")"),
            first.shard(),
            first.offset()));
  }

  private void note(LaneConnection connection, MissingRow row) throws InterruptedException {
    try {
      connection.call(
          session -> {
            session.recordMissing(row);
            return row;
          });
    } catch (StoreLayoutException e) {
      warnOfGrant(connection, e);
    }
  }

  private void warnOfGrant(LaneConnection connection, StoreLayoutException e) {
    if (!grantMissed) {
      grantMissed = true;
      LOG.warn(
          "Database {} does not let the job note what it needs to notice lost rows; GRANT INSERT,"
              + " DELETE on shard_bookmark and shard_missing: {}",
          connection.databaseName(),
          e.getMessage());
    }
  }

  private static Map<Integer, ShardHead> lacking(
      LaneConnection connection, Map<Integer, ShardHead> expected) throws InterruptedException {
    var positions =
        expected.entrySet().stream()
            .map(row -> new LogPosition(row.getKey(), row.getValue().offset()))
            .toList();
    var lacking = new TreeMap<>(expected);
    if (!positions.isEmpty()) {
      connection
          .call(session -> session.marks(positions))
          .forEach((position, stored) -> lacking.remove(position.shard(), stored));
    }
    return lacking;
  }

  private static @Nullable AcceptedLoss accepted(
      List<AcceptedLoss> losses, int shard, long offset) {
    AcceptedLoss last = null;
    for (var loss : losses) {
      if (loss.shard() == shard && offset >= loss.fromOffset()) {
        last = loss;
      }
    }
    return last;
  }

  private PublishedLog.Found found(LaneConnection connection, Collection<Integer> shards)
      throws InterruptedException {
    var database = layout.databaseOf(shards.iterator().next());
    var lock = locks.computeIfAbsent(database, any -> new TaskLock(threads));
    lock.lock();
    try {
      var known = foundByDatabase.get(database);
      if (known == null) {
        known = read(connection, owned.getOrDefault(database, List.of()));
        foundByDatabase.put(database, known);
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private PublishedLog.Found read(LaneConnection connection, List<Integer> shards)
      throws InterruptedException {
    var bookmarks = connection.call(session -> session.bookmarks(shards));
    var losses = connection.call(LogSession::acceptedLosses);
    var begin = threads.nanoTime();
    var found = readTopic(lowest(bookmarks, shards), losses);
    LOG.debug(
        "Compared {} records at the end of the events topic in {} ms",
        found.records(),
        (threads.nanoTime() - begin) / 1_000_000);
    found
        .unchecked()
        .forEach(
            (partition, why) -> {
              var those = new TreeSet<Integer>();
              for (var shard : shards) {
                if (layout.partitionOf(shard) == partition && !found.heads().containsKey(shard)) {
                  those.add(shard);
                }
              }
              if (those.isEmpty()) {
                return;
              }
              LOG.warn(
                  "Region {}: the events topic can't show whether the store has all committed rows"
                      + " of shards {} (partition {}): {}. Starting without that comparison",
                  region,
                  those,
                  partition,
                  why);
              unchecked.accept(those.size());
            });
    return found;
  }

  private PublishedLog.Found readTopic(
      Map<Integer, @Nullable LogBookmark> from, List<AcceptedLoss> losses)
      throws InterruptedException {
    topicLock.lock();
    try {
      return topic.read(from, losses);
    } finally {
      topicLock.unlock();
    }
  }

  /**
   * By partition, the earliest bookmark of its shards; null if one has none, or of another topic.
   */
  private Map<Integer, @Nullable LogBookmark> lowest(
      Map<Integer, LogBookmark> bookmarks, List<Integer> shards) {
    var lowest = new HashMap<Integer, @Nullable LogBookmark>();
    for (var shard : shards) {
      var partition = layout.partitionOf(shard);
      var own = bookmarks.get(shard);
      if (!lowest.containsKey(partition)) {
        lowest.put(partition, own);
      } else {
        var other = lowest.get(partition);
        if (own == null || other == null || !own.topicId().equals(other.topicId())) {
          lowest.put(partition, null);
        } else if (own.position() < other.position()) {
          lowest.put(partition, own);
        }
      }
    }
    return lowest;
  }

  private static String what(LogPosition position, String who) {
    return "the row " + position + " that " + who + " has seen committed";
  }

  private static String message(String database, String what, int shard, @Nullable Long offset) {
    return "database "
        + database
        + " lacks "
        + what
        + ": it lost acknowledged rows (a failover to a replica that lagged, a restored backup), or"
        + " it is another store. Nothing is decided on it. Bring the rows back and start again; if"
        + " they are really gone, run 'anabranch region accept-loss --shard "
        + shard
        + "' and read what it says"
        + (offset == null ? "" : " of offset " + offset);
  }
}
