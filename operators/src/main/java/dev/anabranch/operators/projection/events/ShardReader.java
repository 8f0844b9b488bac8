package dev.anabranch.operators.projection.events;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoredLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The event store as a reader sees it: a session per database, opened when it is needed.
 *
 * <p><b>Threads.</b> One, but for {@link #abandon}.
 */
public final class ShardReader {

  private final EventStore store;
  private final List<Reconnecting<StoredLog>> sessions = new ArrayList<>();

  public ShardReader(EventStore store, TaskThreads threads) {
    this.store = store;
    var names = store.layout().databases();
    for (var i = 0; i < names.size(); i++) {
      var database = i;
      sessions.add(
          new Reconnecting<>(
              "Event store database " + names.get(i), threads, lost -> store.read(database)));
    }
  }

  /** A page of the shard, as {@link StoredLog#read(int, long, int, long)} gives it. */
  List<LogRow> read(int shard, long from, int maxRows, long maxBytes) throws InterruptedException {
    return of(shard).call(session -> session.read(shard, from, maxRows, maxBytes));
  }

  /** Rows of one shard, as {@link StoredLog#rows(List, long)} gives them. */
  StoredLog.Found rows(int shard, List<LogPosition> positions, long maxBytes)
      throws InterruptedException {
    return of(shard).call(session -> session.rows(positions, maxBytes));
  }

  /** Fingerprints of the rows at these positions; one without a row is missing. */
  Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) throws InterruptedException {
    var byDatabase = new TreeMap<Integer, List<LogPosition>>();
    for (var position : positions) {
      byDatabase
          .computeIfAbsent(store.layout().databaseOf(position.shard()), d -> new ArrayList<>())
          .add(position);
    }
    var marks = new HashMap<LogPosition, ShardHead>();
    for (var part : byDatabase.entrySet()) {
      marks.putAll(sessions.get(part.getKey()).call(session -> session.marks(part.getValue())));
    }
    return marks;
  }

  /**
   * The offset, by shard, below which rows of Kafka prove nothing: some of them were given up.
   *
   * @param shards which of them are asked for
   */
  Map<Integer, Long> givenUpBelow(Collection<Integer> shards) throws InterruptedException {
    var below = new HashMap<Integer, Long>();
    for (var database : shards.stream().map(store.layout()::databaseOf).distinct().toList()) {
      for (var loss : sessions.get(database).call(StoredLog::acceptedLosses)) {
        if (shards.contains(loss.shard())) {
          below.merge(loss.shard(), loss.untilOffset(), Math::max);
        }
      }
    }
    return below;
  }

  /** The last row of each shard that has one. */
  Map<Integer, ShardHead> heads(Collection<Integer> shards) throws InterruptedException {
    var byDatabase = new TreeMap<Integer, List<Integer>>();
    for (var shard : shards) {
      byDatabase
          .computeIfAbsent(store.layout().databaseOf(shard), d -> new ArrayList<>())
          .add(shard);
    }
    var heads = new HashMap<Integer, ShardHead>();
    for (var part : byDatabase.entrySet()) {
      heads.putAll(sessions.get(part.getKey()).call(session -> session.heads(part.getValue())));
    }
    return heads;
  }

  /** Whether some database could not be reached when last tried. Any thread. */
  boolean isDown() {
    return sessions.stream().anyMatch(Reconnecting::isDown);
  }

  /** Any thread. */
  void abandon() {
    sessions.forEach(Reconnecting::abandon);
  }

  /** Closes the sessions; they are opened again when they are needed. */
  void release() {
    sessions.forEach(Reconnecting::release);
  }

  void close() {
    sessions.forEach(Reconnecting::close);
  }

  private Reconnecting<StoredLog> of(int shard) {
    return sessions.get(store.layout().databaseOf(shard));
  }
}
