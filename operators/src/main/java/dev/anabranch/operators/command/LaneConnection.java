package dev.anabranch.operators.command;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that is replaced when it is lost, and that never appends before the store has shown the
 * last rows that this lane knows of: a failover may have promoted a replica that lacks them.
 *
 * <p><b>Threads.</b> The lane's thread, but for {@link #isDown} and {@link #abandon}.
 */
final class LaneConnection {

  private static final Logger LOG = LoggerFactory.getLogger(LaneConnection.class);
  private static final long BACKOFF_MILLIS_MIN = 50;
  private static final long BACKOFF_MILLIS_MAX = 2_000;
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final EventStore store;
  private final int database;

  /** By shard, the fingerprint of its last row as this attempt knows it; null: of another lane. */
  private @Nullable ShardHead[] heads = {};

  private final CountDownLatch abandoned = new CountDownLatch(1);

  private volatile @Nullable LogSession session;
  private volatile boolean down;
  private volatile long downSinceNanos;
  private @Nullable LogSession lost;
  private long backoffMillis = BACKOFF_MILLIS_MIN;
  private long lastLogNanos;

  LaneConnection(EventStore store, int database) {
    this.store = store;
    this.database = database;
  }

  boolean isDown() {
    return down;
  }

  long downNanos() {
    return down ? System.nanoTime() - downSinceNanos : 0;
  }

  EventStore store() {
    return store;
  }

  void knowHead(int shard, ShardHead head) {
    if (shard >= heads.length) {
      heads = Arrays.copyOf(heads, Math.max(shard + 1, 2 * heads.length));
    }
    heads[shard] = head;
  }

  /** Appends the same rows until it is known what became of them. */
  AppendResult append(List<LogRow> rows) throws InterruptedException {
    while (true) {
      var result = call(session -> session.append(rows));
      if (result instanceof AppendResult.Unknown unknown) {
        dropSession(unknown.cause());
      } else if (result instanceof AppendResult.Unavailable unavailable) {
        dropSession(unavailable.cause());
      } else {
        if (result instanceof AppendResult.Appended) {
          rememberHeads(rows);
        }
        return result;
      }
    }
  }

  /** Does a call that may be repeated, until the database serves it. */
  <T> T call(Function<LogSession, T> call) throws InterruptedException {
    while (true) {
      try {
        var result = call.apply(currentSession());
        if (!(result instanceof AppendResult.Unavailable
            || result instanceof AppendResult.Unknown)) {
          served();
        }
        return result;
      } catch (StoreUnavailableException e) {
        dropSession(e);
      }
    }
  }

  /**
   * Keeps an idle connection open. One that was lost is opened again, so that it shows when the
   * database serves again though nobody asks it for anything.
   */
  void ping() throws InterruptedException {
    if (session != null || down) {
      try {
        currentSession().ping();
        served();
      } catch (StoreUnavailableException e) {
        dropSession(e);
      }
    }
  }

  /** Makes a call that is under way end, and waits no more. Any thread. */
  void abandon() {
    abandoned.countDown();
    var current = session;
    if (current != null) {
      current.close();
    }
  }

  void close() {
    var current = session;
    if (current != null) {
      current.close();
    }
  }

  private LogSession currentSession() throws InterruptedException {
    var current = session;
    if (current != null) {
      return current;
    }
    if (abandoned.getCount() == 0) {
      throw new InterruptedException("closing");
    }
    var opened = lost == null ? store.open(database) : store.reopen(database, lost);
    session = opened;
    checkFingerprints(opened);
    return opened;
  }

  private void checkFingerprints(LogSession opened) {
    var positions = new ArrayList<LogPosition>();
    for (var shard = 0; shard < heads.length; shard++) {
      var head = heads[shard];
      if (head != null) {
        positions.add(new LogPosition(shard, head.offset()));
      }
    }
    if (positions.isEmpty()) {
      return;
    }
    var stored = opened.marks(positions);
    for (var position : positions) {
      var known = heads[position.shard()];
      if (known != null && !known.equals(stored.get(position))) {
        throw LossCheck.lost(opened, databaseName(), known, position.shard(), "this job");
      }
    }
  }

  String databaseName() {
    return store.layout().databases().get(database);
  }

  private void rememberHeads(List<LogRow> rows) {
    for (var row : rows) {
      var stamp = row.outcome().stamp();
      knowHead(row.shard(), new ShardHead(row.offset(), stamp.writer(), stamp.hlc()));
    }
  }

  private void served() {
    if (down) {
      LOG.info("Database {} serves again", databaseName());
    }
    down = false;
    backoffMillis = BACKOFF_MILLIS_MIN;
  }

  private void dropSession(@Nullable Throwable cause) throws InterruptedException {
    var current = session;
    if (current != null) {
      lost = current;
      session = null;
      current.close();
    }
    if (abandoned.getCount() == 0) {
      throw new InterruptedException("closing");
    }
    var now = System.nanoTime();
    if (!down || now - lastLogNanos > LOG_INTERVAL_NANOS) {
      LOG.warn(
          "Database {} does not serve: {}. Trying again; its shards wait meanwhile",
          databaseName(),
          cause == null ? "connection lost" : cause.getMessage());
      lastLogNanos = now;
    }
    if (!down) {
      downSinceNanos = now;
      down = true;
    }
    if (abandoned.await(backoffMillis, TimeUnit.MILLISECONDS)) {
      throw new InterruptedException("closing");
    }
    backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MILLIS_MAX);
  }
}
