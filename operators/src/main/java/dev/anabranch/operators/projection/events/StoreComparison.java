package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.ShardHead;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the shards in which a version has applied rows that the event store has lost, or in which
 * the store lacks the row that comes next. They are marked in the query database, where tools and
 * readers see it, and go on by themselves if the rows come back.
 *
 * <p>The evidence is the clock of the last row, which is written with each position: a row that is
 * decided anew at the same offset has a later one.
 *
 * <p><b>Threads.</b> The lane's thread.
 */
final class StoreComparison {

  private static final Logger LOG = LoggerFactory.getLogger(StoreComparison.class);

  private final VersionId version;
  private final Reconnecting<QuerySession> database;
  private final ShardReader log;

  /** What could not be marked, by shard. */
  private final Map<Integer, LostRow> unmarked = new HashMap<>();

  StoreComparison(VersionId version, Reconnecting<QuerySession> database, ShardReader log) {
    this.version = version;
    this.database = database;
    this.log = log;
  }

  /**
   * What came of it.
   *
   * @param lost the shards in which the version stands still, and why
   * @param givenUpBelow by shard, below which offset rows are taken from the store only: Kafka has
   *     some there whose loss was accepted
   */
  record Result(Map<Integer, LostRow> lost, Map<Integer, Long> givenUpBelow) {}

  /**
   * Compares the last row of each shard, and what was found earlier.
   *
   * @param positions next offset of each shard of the lane, as committed
   */
  Result compare(Map<Integer, Long> positions) throws InterruptedException {
    var shards = positions.keySet();
    var lost = new TreeMap<>(unmarked);
    for (var row : database.call(session -> session.lostRows(version, shards))) {
      lost.put(row.position().shard(), row);
    }
    var clocks = database.call(session -> session.clocks(version, shards));
    var asked = new ArrayList<LogPosition>();
    lost.values().forEach(row -> asked.add(row.position()));
    positions.forEach(
        (shard, next) -> {
          if (next > 0) {
            asked.add(new LogPosition(shard, next - 1));
          }
        });
    var stored = log.marks(asked);
    for (var row : List.copyOf(lost.values())) {
      if (isBack(row, stored.get(row.position()))) {
        forget(row);
        lost.remove(row.position().shard());
      }
    }
    for (var position : positions.entrySet()) {
      var shard = position.getKey();
      var clock = clocks.getOrDefault(shard, 0L);
      if (position.getValue() > 0 && !lost.containsKey(shard)) {
        var last = new LogPosition(shard, position.getValue() - 1);
        var there = stored.get(last);
        if (there == null) {
          lost.put(shard, mark(last, clock, "it has applied row " + last + ", which is not there"));
        } else if (clock != 0 && there.hlc() != clock) {
          lost.put(shard, mark(last, clock, "it has applied another row " + last));
        }
      }
    }
    return new Result(lost, log.givenUpBelow(shards));
  }

  /**
   * Somebody has brought another row than the one that was applied at its place. If the store has
   * it, the store was forked.
   */
  void compare(LogRow other) throws InterruptedException {
    var position = other.position();
    var stamp = other.outcome().stamp();
    var head = new ShardHead(position.offset(), stamp.writer(), stamp.hlc());
    if (head.equals(log.marks(List.of(position)).get(position))) {
      var unused = mark(position, LostRow.FORKED, "it has applied another row " + position);
    } else {
      LOG.error(
          "{}: row {} came again from Kafka with other content, which the event store has not either:"
              + " run 'anabranch verify'",
          version,
          position);
    }
  }

  /** The store has later rows of a shard than the one that comes next, but not that one. */
  void lacksNext(LogPosition next) throws InterruptedException {
    var unused =
        mark(next, LostRow.NEEDED, "row " + next + " comes next, and only later ones are there");
  }

  private static boolean isBack(LostRow row, @Nullable ShardHead stored) {
    return row.clock() != LostRow.FORKED
        && stored != null
        && (row.clock() == LostRow.NEEDED || row.clock() == stored.hlc());
  }

  private LostRow mark(LogPosition position, long clock, String what) throws InterruptedException {
    var row =
        new LostRow(position, clock, what, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    LOG.error(
        "{} stands still in shard {}, since the event store lost rows: {}. Bring them back, and it"
            + " goes on; if they are really gone, run 'anabranch projections rebuild {}', switch, and"
            + " drop this version",
        version,
        position.shard(),
        what,
        version.projection());
    if (!database.call(session -> session.recordLost(version, row))) {
      unmarked.put(position.shard(), row);
      LOG.warn(
          "The query database's own tables are of an older release and have no place to mark {}: start"
              + " the job with query.migrate = true once, or begin a rebuild",
          version);
    }
    return row;
  }

  private void forget(LostRow row) throws InterruptedException {
    var shard = row.position().shard();
    LOG.info(
        "{} goes on in shard {}: the event store has row {} again", version, shard, row.position());
    unmarked.remove(shard);
    database.call(
        session -> {
          session.forgetLost(version, shard);
          return shard;
        });
  }
}
