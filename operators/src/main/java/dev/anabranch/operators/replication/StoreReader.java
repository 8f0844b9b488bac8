package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.operators.command.LostRowsException;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads aggregates from the own region's store, on a thread of its own, several at once.
 *
 * <p><b>Failure.</b> A database that can't be reached is asked again, with backoff, until it
 * answers or the task ends; the aggregates wait. What asking again can't help fails the task.
 *
 * <p><b>Bounds.</b> The caller limits how many aggregates it asks for.
 */
final class StoreReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreReader.class);

  private static final int MAX_PER_QUERY = 100;
  private static final long MIN_BACKOFF_MILLIS = 100;
  private static final long MAX_BACKOFF_MILLIS = 10_000;
  private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

  /** Before the server ends a session that says nothing, which the next read would trip over. */
  private static final long IDLE_SECONDS = 5;

  /** Gets what was read, on the task's thread. */
  interface Receiver {

    /**
     * @param commits in the order of the log
     * @param shardIsEmpty whether the store has no row of the aggregate's shard at all
     */
    void read(AggregateKey aggregate, List<LogRow> commits, boolean shardIsEmpty) throws Exception;
  }

  /** Hands work to the task's thread. */
  interface Mailbox {

    void post(String description, Action action);

    /** Work that may fail the task. */
    interface Action {
      void run() throws Exception;
    }
  }

  private final EventStoreFactory factory;
  private final int shardCount;
  private final Mailbox mailbox;
  private final Receiver receiver;
  private final LinkedBlockingQueue<AggregateKey> requests = new LinkedBlockingQueue<>();
  private final Map<Integer, LogSession> sessions = new HashMap<>();
  private final Consumer<String> storeIs;
  private final Thread thread;
  private @Nullable EventStore store;
  private volatile Map<Integer, OwnRow> ownRows = Map.of();
  private volatile boolean closed;

  StoreReader(
      EventStoreFactory factory,
      int shardCount,
      Mailbox mailbox,
      Receiver receiver,
      Consumer<String> storeIs,
      String name) {
    this.storeIs = storeIs;
    this.factory = factory;
    this.shardCount = shardCount;
    this.mailbox = mailbox;
    this.receiver = receiver;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /** Compares these rows with the store before anything is read from it; before the start. */
  void check(Map<Integer, OwnRow> rows) {
    ownRows = Map.copyOf(rows);
  }

  void start() {
    thread.start();
  }

  void read(AggregateKey aggregate) {
    requests.add(aggregate);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      checkOwnRows();
      while (!closed) {
        var batch = new LinkedHashSet<AggregateKey>();
        batch.add(nextRequest());
        for (var more = requests.poll(); more != null; more = requests.poll()) {
          batch.add(more);
          if (batch.size() == MAX_PER_QUERY) {
            break;
          }
        }
        readAll(batch);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (LostRowsException e) {
      mailbox.post(
          "own rows lost",
          () -> {
            throw e;
          });
    } catch (RuntimeException | LinkageError e) {
      if (!closed) {
        mailbox.post(
            "fail for the store",
            () -> {
              throw new IllegalStateException("the region's own store can't be read", e);
            });
      }
    } finally {
      sessions.values().forEach(LogSession::close);
      if (store != null) {
        store.close();
      }
    }
  }

  private void checkOwnRows() throws InterruptedException {
    var left = new TreeMap<>(ownRows);
    var backoff = MIN_BACKOFF_MILLIS;
    while (!left.isEmpty()) {
      try {
        checkOneDatabase(left);
      } catch (StoreUnavailableException e) {
        LOG.warn(
            "The own store can't be compared with {} shards of the state, next try in {} ms: {}",
            left.size(),
            backoff,
            e.getMessage());
        TimeUnit.MILLISECONDS.sleep(backoff);
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MILLIS);
      }
    }
    ownRows = Map.of();
  }

  /** Compares the shards of the first one's database; they leave the map. */
  private void checkOneDatabase(TreeMap<Integer, OwnRow> left) {
    var opened = open();
    var database = opened.layout().databaseOf(left.firstKey());
    var here = new TreeMap<>(left);
    here.keySet().removeIf(shard -> opened.layout().databaseOf(shard) != database);
    Map<LogPosition, ShardHead> stored;
    try {
      var positions = new ArrayList<LogPosition>();
      here.forEach((shard, row) -> positions.add(new LogPosition(shard, row.head().offset())));
      stored = session(opened, database).marks(positions);
    } catch (StoreUnavailableException e) {
      var failed = sessions.remove(database);
      if (failed != null) {
        failed.close();
      }
      throw e;
    }
    here.forEach(
        (shard, row) -> {
          var storeId = opened.layout().storeId();
          var otherStore = !row.storeId().isEmpty() && !row.storeId().equals(storeId);
          var position = new LogPosition(shard, row.head().offset());
          if (otherStore || !row.head().equals(stored.get(position))) {
            throw new LostRowsException(
                "database "
                    + opened.layout().databases().get(database)
                    + " lacks the row "
                    + position
                    + " that this job has read from the region's own events topic: it lost"
                    + " acknowledged rows (a failover to a replica that lagged, a restored backup),"
                    + " or it is another store. Bring the rows back and start again; if their loss"
                    + " was accepted ('anabranch region accept-loss'), start this job without a"
                    + " checkpoint, after the command job");
          }
        });
    left.keySet().removeAll(here.keySet());
  }

  private AggregateKey nextRequest() throws InterruptedException {
    var next = requests.poll(IDLE_SECONDS, TimeUnit.SECONDS);
    if (next != null) {
      return next;
    }
    sessions.values().forEach(LogSession::close);
    sessions.clear();
    return requests.take();
  }

  private void readAll(Set<AggregateKey> batch) throws InterruptedException {
    var backoff = MIN_BACKOFF_MILLIS;
    var left = new ArrayList<>(batch);
    while (!left.isEmpty()) {
      try {
        readOneDatabase(left);
        backoff = MIN_BACKOFF_MILLIS;
      } catch (StoreUnavailableException e) {
        LOG.warn(
            "{} aggregates wait to be read from the own store, next try in {} ms: {}",
            left.size(),
            backoff,
            e.getMessage());
        TimeUnit.MILLISECONDS.sleep(backoff);
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MILLIS);
      }
    }
  }

  /** Reads those of the first one's database; what was read leaves the list. */
  private void readOneDatabase(List<AggregateKey> left) {
    var opened = open();
    var byDatabase = new TreeMap<Integer, List<AggregateKey>>();
    for (var key : left) {
      byDatabase
          .computeIfAbsent(opened.layout().databaseOf(shardOf(key)), any -> new ArrayList<>())
          .add(key);
    }
    var first = byDatabase.firstEntry();
    var session = session(opened, first.getKey());
    Map<AggregateKey, List<LogRow>> commits;
    Set<Integer> filled;
    try {
      commits = session.commits(first.getValue());
      filled =
          session.heads(first.getValue().stream().map(this::shardOf).distinct().toList()).keySet();
    } catch (StoreUnavailableException e) {
      sessions.remove(first.getKey());
      session.close();
      // Another database may serve: it is tried first next time.
      left.removeAll(first.getValue());
      left.addAll(first.getValue());
      throw e;
    }
    left.removeAll(first.getValue());
    for (var key : first.getValue()) {
      var rows = commits.getOrDefault(key, List.of());
      var empty = !filled.contains(shardOf(key));
      mailbox.post("read " + key, () -> receiver.read(key, rows, empty));
    }
  }

  private EventStore open() {
    if (store == null) {
      store = factory.open();
      storeIs.accept(store.layout().storeId());
    }
    return store;
  }

  private LogSession session(EventStore opened, int database) {
    var session = sessions.get(database);
    if (session == null) {
      session = opened.open(database);
      sessions.put(database, session);
    }
    return session;
  }

  private int shardOf(AggregateKey key) {
    return Shards.shardOf(key.toString(), shardCount);
  }
}
