package dev.anabranch.client;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.CommandReply.Backing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the tables of a projection reflect a command, for reading one's own writes.
 *
 * <p>The token is what each reply carries, {@link CommandReply#backing}: region, shard and offset
 * of the row behind it. The tables reflect it when the version of the projection that readers see
 * has taken the shard beyond that offset; while readers are being switched, both versions must
 * have.
 *
 * <p><b>Bounds.</b> At most {@value #MAX_WAITING} tokens wait at a time, for up to their timeouts.
 * However many, one thread asks for all of them, every {@value #MIN_PAUSE_MILLIS} to {@value
 * #MAX_PAUSE_MILLIS} ms, on one connection of the data source, which it keeps while tokens wait and
 * {@value #KEEP_MILLIS} ms longer.
 *
 * <p><b>Failure.</b> Whatever the database or the data source does, a token is answered within
 * {@value #GRACE_MILLIS} ms of its timeout: a second thread looks at the clock. A database that
 * does not answer for {@value #ANSWER_MILLIS} ms is asked again on another connection. A data
 * source that blocks for longer in {@code getConnection} holds up what comes meanwhile, up to the
 * timeouts: give a pool a timeout of its own.
 *
 * <p><b>Threads.</b> Safe for use by many. Futures complete on one of its two threads: what is
 * chained to them must not block.
 */
public final class QueryClient implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(QueryClient.class);

  private static final int MAX_WAITING = 100_000;
  private static final String OF_VIEWS =
      "it follows merged views, which carry no place in the log: wait for a projection of events, or"
          + " for the revision that the reply carries, in a column of this one";
  private static final int MIN_PAUSE_MILLIS = 5;
  private static final int MAX_PAUSE_MILLIS = 20;
  private static final int KEEP_MILLIS = 1_000;

  /** The asking thread knows best why a token is late; it has that long to say so. */
  private static final int GRACE_MILLIS = 250;

  /** Each answer takes a few rows by their keys. */
  private static final int ANSWER_MILLIS = 5_000;

  /** Far beyond any life of a process, and two of them still fit into a long. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final DataSource dataSource;
  private final Queue<Waiting> arrivals = new ConcurrentLinkedQueue<>();
  private final Semaphore places = new Semaphore(MAX_WAITING);
  private final Semaphore wakeUp = new Semaphore(0);
  private final Set<Waiting> unanswered = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor clock;
  private final Thread thread;
  private volatile boolean closed;

  private volatile @Nullable Connected connected;

  /** What the last round failed with; null: it was answered. */
  private volatile @Nullable Throwable trouble;

  private QueryClient(DataSource dataSource) {
    this.dataSource = dataSource;
    this.thread = new Thread(this::run, "anabranch-query-client");
    thread.setDaemon(true);
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var timing = new Thread(task, "anabranch-query-client-clock");
              timing.setDaemon(true);
              return timing;
            });
    // Most tokens are answered long before: they are not to be remembered until their timeouts.
    clock.setRemoveOnCancelPolicy(true);
  }

  /**
   * @param dataSource of the query database; a pool, best
   */
  public static QueryClient of(DataSource dataSource) {
    var client = new QueryClient(dataSource);
    client.thread.start();
    return client;
  }

  /** A token that waits. Equal to itself only: one may wait twice. */
  private static final class Waiting {
    final Backing token;
    final String projection;
    final long deadlineNanos;
    final long timeoutMillis;
    final @Nullable CommandReply reply;
    final CompletableFuture<Void> result = new CompletableFuture<>();

    Waiting(Backing token, String projection, Duration timeout, @Nullable CommandReply reply) {
      this.token = token;
      this.projection = projection;
      this.deadlineNanos = System.nanoTime() + timeout.toNanos();
      this.timeoutMillis = timeout.toMillis();
      this.reply = reply;
    }
  }

  /**
   * What it asks, and of whom.
   *
   * @param region whose log the tables follow
   * @param formerTimeout of the connection's network, to be set again before it is given back;
   *     negative: its driver knows none
   */
  private record Connected(
      Connection connection, PositionQueries queries, String region, int formerTimeout) {}

  /**
   * Returns when the tables of the projection that readers see reflect the token.
   *
   * @throws NotProjectedException if they do not in time, saying how far behind the projection is;
   *     at once if there is no such projection, if the token's own events are among its dead
   *     letters, or if it stands still since the event store lost rows of the token's shard
   */
  public void awaitProjected(Backing token, String projection, Duration timeout) {
    try {
      projected(token, projection, timeout).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof NotProjectedException failure ? failure : e;
    }
  }

  /** Waits as the other method does, without blocking. */
  public CompletableFuture<Void> projected(Backing token, String projection, Duration timeout) {
    return projected(token, projection, timeout, null);
  }

  CompletableFuture<Void> projected(
      Backing token, String projection, Duration timeout, @Nullable CommandReply reply) {
    var waiting = new Waiting(token, projection, bounded(timeout), reply);
    if (!places.tryAcquire()) {
      fail(waiting, MAX_WAITING + " tokens wait already; wait for fewer at a time", null);
      return waiting.result;
    }
    unanswered.add(waiting);
    var unused =
        waiting.result.whenComplete(
            (done, failure) -> {
              unanswered.remove(waiting);
              places.release();
            });
    watchTheClock(waiting);
    arrivals.add(waiting);
    wakeUp.release();
    if (closed) {
      fail(waiting, "the query client is closed", null);
    }
    return waiting.result;
  }

  /** What is negative is over at once; what is longer than any life is cut. */
  private static Duration bounded(Duration timeout) {
    if (timeout.isNegative()) {
      return Duration.ZERO;
    }
    return timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
  }

  private void watchTheClock(Waiting waiting) {
    var delay = waiting.deadlineNanos - System.nanoTime() + MILLISECONDS.toNanos(GRACE_MILLIS);
    try {
      var alarm = clock.schedule(() -> giveUp(waiting), delay, NANOSECONDS);
      var unused = waiting.result.whenComplete((done, failure) -> alarm.cancel(false));
    } catch (RejectedExecutionException closing) {
      fail(waiting, "the query client is closed", null);
    }
  }

  /** The asking thread has said nothing in time: it waits for the database itself. */
  private void giveUp(Waiting waiting) {
    var known = trouble;
    fail(
        waiting,
        known == null
            ? String.format(
                Locale.ROOT,
                "the query database has not answered within %d ms",
                waiting.timeoutMillis)
            : cannotAsk(known),
        known);
  }

  /**
   * Fails whatever still waits, whatever the database does. Waits {@value #GRACE_MILLIS} ms at most
   * for the connection to be given back; one that is stuck is cut.
   */
  @Override
  public void close() {
    closed = true;
    wakeUp.release();
    clock.shutdownNow();
    failAll();
    thread.interrupt();
    if (Thread.currentThread() != thread && !hasEnded()) {
      abort(connected);
    }
  }

  /** Whether the asking thread has given its connection back, as it does unless it is stuck. */
  private boolean hasEnded() {
    try {
      thread.join(GRACE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  private void failAll() {
    unanswered.forEach(each -> fail(each, "the query client was closed", null));
  }

  private void run() {
    var waiting = new ArrayList<Waiting>();
    var pause = MIN_PAUSE_MILLIS;
    try {
      while (!closed) {
        if (waiting.isEmpty()) {
          awaitArrival();
        } else {
          // Whoever comes meanwhile is asked for with the others.
          MILLISECONDS.sleep(MIN_PAUSE_MILLIS);
          var more = wakeUp.tryAcquire(pause - MIN_PAUSE_MILLIS, MILLISECONDS);
          pause = more ? MIN_PAUSE_MILLIS : Math.min(2 * pause, MAX_PAUSE_MILLIS);
        }
        wakeUp.drainPermits();
        for (var next = arrivals.poll(); next != null; next = arrivals.poll()) {
          waiting.add(next);
        }
        ask(waiting);
        waiting.removeIf(each -> each.result.isDone());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
      disconnect();
      failAll();
    }
  }

  private void awaitArrival() throws InterruptedException {
    if (connected == null) {
      wakeUp.acquire();
    } else if (!wakeUp.tryAcquire(KEEP_MILLIS, MILLISECONDS)) {
      disconnect();
    }
  }

  private void ask(List<Waiting> waiting) {
    var byProjection = new HashMap<String, List<Waiting>>();
    for (var each : waiting) {
      if (!each.result.isDone()) {
        byProjection.computeIfAbsent(each.projection, p -> new ArrayList<>()).add(each);
      }
    }
    if (byProjection.isEmpty()) {
      return;
    }
    try {
      var database = connect();
      for (var group : byProjection.values()) {
        settle(database, group);
      }
      trouble = null;
    } catch (SQLException | RuntimeException | Error e) {
      // Also an Error, of a driver that lacks a class, say: those who wait are told, the next ones
      // are served.
      if (trouble == null) {
        LOG.warn("{}; asking again", cannotAsk(e), e);
      }
      trouble = e;
      disconnect();
      // The next round asks again; whoever's time is up is told why.
      for (var each : waiting) {
        if (isOverdue(each)) {
          fail(each, cannotAsk(e), e);
        }
      }
    }
  }

  private static String cannotAsk(Throwable e) {
    var message = e.getMessage();
    return "the query database can't be asked: "
        + (message == null ? e.getClass().getName() : message);
  }

  private Connected connect() throws SQLException {
    var known = connected;
    if (known == null) {
      var connection = dataSource.getConnection();
      try {
        var formerTimeout = limit(connection);
        // Each statement sees what is committed when it begins.
        connection.setAutoCommit(true);
        var queries = new PositionQueries(connection);
        known = new Connected(connection, queries, queries.region(), formerTimeout);
      } catch (SQLException | RuntimeException | Error e) {
        connection.close();
        throw e;
      }
      connected = known;
      if (closed) {
        abort(known);
      }
    }
    return known;
  }

  /** A server that went away without a word is noticed; gives the limit that there was. */
  private static int limit(Connection connection) throws SQLException {
    try {
      var former = connection.getNetworkTimeout();
      if (former == 0 || former > ANSWER_MILLIS) {
        connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      }
      return former;
    } catch (SQLFeatureNotSupportedException | AbstractMethodError e) {
      LOG.debug("The driver knows no network timeout", e);
      return -1;
    }
  }

  private void disconnect() {
    var known = connected;
    connected = null;
    if (known != null) {
      try {
        if (known.formerTimeout >= 0 && !known.connection.isClosed()) {
          known.connection.setNetworkTimeout(Runnable::run, known.formerTimeout);
        }
      } catch (SQLException e) {
        LOG.debug("A connection that is given back keeps its network timeout", e);
      }
      try {
        known.connection.close();
      } catch (SQLException e) {
        LOG.debug("A connection was lost before it was given back", e);
      }
    }
  }

  /** Ends a question that is under way. Any thread. */
  private static void abort(@Nullable Connected asked) {
    if (asked != null) {
      try {
        asked.connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("A connection could not be cut", e);
      }
    }
  }

  private static void settle(Connected database, List<Waiting> waiting) throws SQLException {
    var queries = database.queries;
    var region = database.region;
    var projection = waiting.get(0).projection;
    var shards = waiting.stream().map(w -> w.token.position().shard()).toList();
    var progress = queries.progress(projection, shards);
    if (progress.ofViews()) {
      waiting.forEach(each -> fail(each, OF_VIEWS, null));
      return;
    }
    var lost = progress.anyLost() ? queries.lost(projection, shards) : Map.<Integer, String>of();
    var reached = new ArrayList<Waiting>();
    for (var each : waiting) {
      var token = each.token.position();
      var position = progress.positions().get(token.shard());
      if (!each.token.region().equals(region)) {
        fail(
            each,
            "the query database follows region '%s', the token is of region '%s'"
                .formatted(region, each.token.region()),
            null);
      } else if (position == null) {
        fail(
            each,
            "readers see no version of projection '%s'; 'anabranch projections list' shows which there are"
                .formatted(each.projection),
            null);
      } else if (lost.containsKey(token.shard())) {
        fail(
            each,
            "it stands still, since the event store lost rows: "
                + lost.get(token.shard())
                + "; 'anabranch projections list' says what to do",
            null);
      } else if (position.nextOffset() > token.offset()) {
        reached.add(each);
      } else if (isOverdue(each)) {
        late(each, position);
      }
    }
    // After the positions: what is not parked now is in the tables.
    var parked =
        progress.anyParked()
            ? queries.parkedReasons(
                projection, reached.stream().map(each -> each.token.position()).toList())
            : Map.<LogPosition, String>of();
    for (var each : reached) {
      var reason = parked.get(each.token.position());
      if (reason == null) {
        each.result.complete(null);
      } else {
        fail(each, "its events are among the dead letters: " + reason, null);
      }
    }
  }

  private static void late(Waiting waiting, PositionQueries.Position position) {
    var commits = waiting.token.position().offset() + 1 - position.nextOffset();
    var millis = position.hlc() >> 16;
    var seconds = millis == 0 ? -1 : Math.max(0, System.currentTimeMillis() - millis) / 1e3;
    var message =
        String.format(
            Locale.ROOT,
            "after %d ms projection %s is %d commits behind %s of region %s (%s)",
            waiting.timeoutMillis,
            waiting.projection,
            commits,
            waiting.token.position(),
            waiting.token.region(),
            seconds < 0
                ? "it has taken nothing of this shard yet; is the projection job running?"
                : String.format(
                    Locale.ROOT,
                    "the last one that it has taken of this shard is %.1f s old",
                    seconds));
    waiting.result.completeExceptionally(
        new NotProjectedException(message, waiting.reply, commits, seconds, null));
  }

  private static void fail(Waiting waiting, String why, @Nullable Throwable cause) {
    waiting.result.completeExceptionally(
        new NotProjectedException(
            "projection %s, %s: %s".formatted(waiting.projection, waiting.token.position(), why),
            waiting.reply,
            -1,
            -1,
            cause));
  }

  private static boolean isOverdue(Waiting waiting) {
    return System.nanoTime() - waiting.deadlineNanos >= 0;
  }
}
