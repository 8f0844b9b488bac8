package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A session that is replaced when it is lost, and that never appends before the store has shown the
 * last rows that this lane knows of: a failover may have promoted a replica that lacks them.
 *
 * <p><b>Threads.</b> The lane's thread, but for {@link #isDown} and {@link #abandon}.
 */
public final class LaneConnection {

  private final EventStore store;
  private final int database;
  private final TaskThreads threads;

  /** By shard, the fingerprint of its last row as this attempt knows it; null: of another lane. */
  private @Nullable ShardHead[] heads = {};

  /** By shard, when the last loss was accepted that this attempt knows of. */
  private final Map<Integer, Long> acceptedMicros = new HashMap<>();

  private final Reconnecting<LogSession> sessions;

  public LaneConnection(EventStore store, int database, TaskThreads threads) {
    this.store = store;
    this.database = database;
    this.threads = threads;
    this.sessions = new Reconnecting<>("Database " + databaseName(), threads, new Sessions());
  }

  boolean isDown() {
    return sessions.isDown();
  }

  boolean isDownLong() {
    return sessions.isDownLong();
  }

  long downNanos() {
    return sessions.downNanos();
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

  void knowAccepted(List<AcceptedLoss> losses) {
    for (var loss : losses) {
      acceptedMicros.merge(loss.shard(), loss.acceptedAtMicros(), Math::max);
    }
  }

  /**
   * The time of a loss that is found now. It is later than each acceptance that this attempt has
   * seen, however far the clock of whoever accepted was ahead: what was accepted is not missed, so
   * this is another loss.
   */
  long foundAtMicros(int shard) {
    return Math.max(threads.nowMicros(), acceptedMicros.getOrDefault(shard, -1L) + 1);
  }

  /** Appends the same rows until it is known what became of them. */
  AppendResult append(List<LogRow> rows) throws InterruptedException {
    var result = sessions.call(session -> known(session.append(rows)));
    if (result instanceof AppendResult.Appended) {
      rememberHeads(rows);
    }
    return result;
  }

  /** Does a call that may be repeated, until the database serves it. */
  <T extends @Nullable Object> T call(Function<LogSession, T> call) throws InterruptedException {
    return sessions.call(call);
  }

  /** Keeps an idle connection open, and tries one that was lost. */
  void ping() throws InterruptedException {
    sessions.keepOpen(LogSession::ping);
  }

  /** Makes a call that is under way end, and waits no more. Any thread. */
  void abandon() {
    sessions.abandon();
  }

  public void close() {
    sessions.close();
  }

  private static AppendResult known(AppendResult result) {
    if (result instanceof AppendResult.Unknown unknown) {
      throw unavailable(unknown.cause());
    } else if (result instanceof AppendResult.Unavailable unavailable) {
      throw unavailable(unavailable.cause());
    }
    return result;
  }

  private static StoreUnavailableException unavailable(@Nullable Throwable cause) {
    if (cause instanceof StoreUnavailableException e) {
      return e;
    }
    var message = cause == null ? null : cause.getMessage();
    return new StoreUnavailableException(message == null ? "connection lost" : message, cause);
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
        throw LossCheck.lost(
            opened,
            databaseName(),
            known,
            position.shard(),
            "this job",
            foundAtMicros(position.shard()));
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

  /** Each is compared with what this lane knows before its first call. */
  private final class Sessions implements Reconnecting.Opener<LogSession> {

    @Override
    public LogSession open(@Nullable LogSession lost) {
      return lost == null ? store.open(database) : store.reopen(database, lost);
    }

    @Override
    public void opened(LogSession session) {
      checkFingerprints(session);
    }
  }
}
