package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.operators.task.LostRowsException;
import dev.anabranch.operators.task.ReadAhead;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.store.StoredLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads aggregates from the own region's store, on a thread of its own, several at once.
 *
 * <p><b>Failure.</b> A database that can't be reached is asked again, with backoff, until it
 * answers or the task ends; its aggregates wait, those of other databases are read. What asking
 * again can't help fails the task.
 *
 * <p><b>Bounds.</b> The caller limits how many aggregates it asks for. A read gives {@link
 * ReadAhead#PAGE_BYTES} of whole aggregates, or a page of one that is larger; the thread reads no
 * further while the task has two reads that it has not taken.
 */
final class StoreReader implements Worker.Work<StoreReader.Request> {

  private static final Logger LOG = LoggerFactory.getLogger(StoreReader.class);

  private static final int MAX_PER_QUERY = 100;

  /** So many small rows are asked for; of large ones about as many as fit. */
  private static final int MAX_PAGE_ROWS = 10_000;

  private static final StoredLog.Extent NOTHING = new StoredLog.Extent(0, 0);

  /** Reads that the task has not taken. */
  private static final int READS_AHEAD = 2;

  private static final long MIN_BACKOFF_MILLIS = 100;
  private static final long MAX_BACKOFF_MILLIS = 10_000;
  private static final int NONE = -1;

  /** In the place of a database: the store as a whole, which was not opened yet. */
  private static final int LAYOUT = -2;

  /** Gets what was read, on the task's thread. */
  interface Receiver {

    /**
     * Some commits of an aggregate that is read page by page; the next ones, or {@link #read}, come
     * after them.
     *
     * @param commits in the order of the log, not empty
     */
    void readSome(AggregateKey aggregate, List<LogRow> commits) throws Exception;

    /**
     * @param commits in the order of the log, all of them, or those after {@link #readSome}
     * @param shardIsEmpty whether the store has no row of the aggregate's shard at all
     */
    void read(AggregateKey aggregate, List<LogRow> commits, boolean shardIsEmpty) throws Exception;

    /** The store has these of the rows that it was to be compared with; others can be asked for. */
    void compared(Map<Integer, OwnRow> rows);
  }

  /** What the thread is to do. */
  sealed interface Request {
    record Read(AggregateKey aggregate) implements Request {}

    record Compare(Map<Integer, OwnRow> rows) implements Request {}
  }

  private final EventStoreFactory factory;
  private final int shardCount;
  private final TaskMailbox mailbox;
  private final TaskThreads threads;
  private final Receiver receiver;
  private final Map<Integer, StoredLog> sessions = new HashMap<>();
  private final Consumer<String> storeIs;
  private final Worker<Request> thread;
  private @Nullable EventStore store;
  private volatile Map<Integer, OwnRow> ownRows = Map.of();

  /** Databases that could not be reached, and {@link #LAYOUT}; while one is, others are read. */
  private final Map<Integer, Away> away = new HashMap<>();

  private final ReadAhead ahead;

  /** How large the aggregates are that wait to be read, as far as they were looked at. */
  private final Map<AggregateKey, StoredLog.Extent> extents = new HashMap<>();

  /** Aggregates that are read page by page, one after the other. */
  private final Map<AggregateKey, Pages> large = new LinkedHashMap<>();

  /** Where the next page begins, and how many rows are asked for. */
  private record Pages(long next, int rows) {}

  private record Away(long untilNanos, long backoffMillis) {}

  StoreReader(
      EventStoreFactory factory,
      int shardCount,
      TaskMailbox mailbox,
      TaskThreads threads,
      Receiver receiver,
      Consumer<String> storeIs,
      String name) {
    this.threads = threads;
    this.storeIs = storeIs;
    this.factory = factory;
    this.shardCount = shardCount;
    this.mailbox = mailbox;
    this.receiver = receiver;
    this.thread = new Worker<>(name, threads, mailbox, Worker.Settings.unbounded());
    this.ahead = new ReadAhead(threads, READS_AHEAD);
  }

  /** Compares these rows with the store before anything is read from it; before the start. */
  void check(Map<Integer, OwnRow> rows) {
    ownRows = Map.copyOf(rows);
  }

  void start() {
    thread.start(this);
  }

  void read(AggregateKey aggregate) {
    thread.submit(new Request.Read(aggregate));
  }

  /** Makes sure that the store has these rows, which were published; the answer comes as a mail. */
  void compare(Map<Integer, OwnRow> rows) {
    thread.submit(new Request.Compare(Map.copyOf(rows)));
  }

  Worker<Request> thread() {
    return thread;
  }

  @Override
  public void begin() throws InterruptedException {
    checkOwnRows();
  }

  @Override
  public void perform(Request first) throws InterruptedException {
    var left = new LinkedHashSet<AggregateKey>();
    take(first, left);
    while (true) {
      thread.requireOpen();
      for (var next = thread.next(any -> true); next != null; next = thread.next(any -> true)) {
        take(next, left);
      }
      if (left.isEmpty()) {
        return;
      }
      readSome(left);
    }
  }

  private void take(Request request, Set<AggregateKey> left) {
    if (request instanceof Request.Compare comparison) {
      compareNow(comparison.rows());
    } else if (request instanceof Request.Read read) {
      left.add(read.aggregate());
    }
  }

  /** The server would end sessions that say nothing, and the next read would trip over them. */
  @Override
  public void idle() {
    sessions.values().forEach(StoredLog::close);
    sessions.clear();
  }

  @Override
  public RuntimeException explain(RuntimeException e) {
    return e instanceof LostRowsException
        ? e
        : new IllegalStateException("the region's own store can't be read", e);
  }

  @Override
  public void close() {
    sessions.values().forEach(StoredLog::close);
    if (store != null) {
      store.close();
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
        thread.pause(TimeUnit.MILLISECONDS.toNanos(backoff));
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MILLIS);
      }
    }
    ownRows = Map.of();
  }

  /** A database that does not serve is asked the next time; the others are compared now. */
  private void compareNow(Map<Integer, OwnRow> rows) {
    var left = new TreeMap<>(rows);
    var found = new TreeMap<>(rows);
    while (!left.isEmpty()) {
      try {
        checkOneDatabase(left);
      } catch (StoreUnavailableException e) {
        LOG.debug("The own store is compared with {} shards later", left.size(), e);
        var others = store == null ? Set.copyOf(left.keySet()) : shardsBesideFirst(store, left);
        found.keySet().removeAll(others);
        left.keySet().removeAll(others);
      }
    }
    mailbox.post("rows compared", () -> receiver.compared(found));
  }

  /** The shards that are in the same database as the first one, with that. */
  private static Set<Integer> shardsBesideFirst(EventStore opened, TreeMap<Integer, OwnRow> rows) {
    var shards = new HashSet<>(rows.keySet());
    var database = opened.layout().databaseOf(rows.firstKey());
    shards.removeIf(shard -> opened.layout().databaseOf(shard) != database);
    return shards;
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

  /** Reads aggregates of one database, or waits a little; what was read leaves the set. */
  private void readSome(Set<AggregateKey> left) throws InterruptedException {
    var database = nextDatabase(left);
    if (database == NONE) {
      thread.pause(TimeUnit.MILLISECONDS.toNanos(MIN_BACKOFF_MILLIS));
      return;
    }
    try {
      readOneDatabase(database, left);
      away.remove(database);
    } catch (StoreUnavailableException e) {
      wentAway(database, e, left.size());
    }
  }

  /** Where aggregates are that are left; of databases that were away not before it is time. */
  private int nextDatabase(Set<AggregateKey> left) {
    if (isWaitedFor(LAYOUT)) {
      return NONE;
    }
    EventStore opened;
    try {
      opened = open();
      away.remove(LAYOUT);
    } catch (StoreUnavailableException e) {
      wentAway(LAYOUT, e, left.size());
      return NONE;
    }
    for (var key : left) {
      var database = opened.layout().databaseOf(shardOf(key));
      if (!isWaitedFor(database)) {
        return database;
      }
    }
    return NONE;
  }

  private boolean isWaitedFor(int database) {
    var since = away.get(database);
    return since != null && threads.nanoTime() - since.untilNanos() < 0;
  }

  private void wentAway(int database, StoreUnavailableException e, int left) {
    var before = away.get(database);
    var backoff =
        before == null
            ? MIN_BACKOFF_MILLIS
            : Math.min(2 * before.backoffMillis(), MAX_BACKOFF_MILLIS);
    var until = threads.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff);
    away.put(database, new Away(until, backoff));
    LOG.warn(
        "{} aggregates wait to be read from the own store, next try in {} ms: {}",
        left,
        backoff,
        e.getMessage());
  }

  /** Small aggregates together, then a page of one that is large: neither waits for the other. */
  private void readOneDatabase(int database, Set<AggregateKey> left) throws InterruptedException {
    var opened = open();
    var keys =
        left.stream()
            .filter(key -> opened.layout().databaseOf(shardOf(key)) == database)
            .filter(key -> !large.containsKey(key))
            .limit(MAX_PER_QUERY)
            .toList();
    var session = session(opened, database);
    try {
      if (!keys.isEmpty()) {
        readTogether(session, keys, left);
      }
      for (var key : large.keySet()) {
        if (opened.layout().databaseOf(shardOf(key)) == database) {
          readPage(session, key, left);
          return;
        }
      }
    } catch (StoreUnavailableException e) {
      sessions.remove(database);
      session.close();
      throw e;
    }
  }

  /** The first ones that fit into a read; those that don't are large. */
  private void readTogether(StoredLog session, List<AggregateKey> keys, Set<AggregateKey> left)
      throws InterruptedException {
    var fitting = fitting(session, keys);
    if (fitting.isEmpty()) {
      return;
    }
    ahead.acquire();
    Map<AggregateKey, List<LogRow>> commits;
    Set<Integer> filled;
    try {
      commits = session.commits(fitting);
      filled = session.heads(fitting.stream().map(this::shardOf).distinct().toList()).keySet();
    } catch (RuntimeException e) {
      ahead.release();
      throw e;
    }
    for (var key : fitting) {
      left.remove(key);
      extents.remove(key);
      var rows = commits.getOrDefault(key, List.of());
      var empty = !filled.contains(shardOf(key));
      mailbox.post("read " + key, () -> receiver.read(key, rows, empty));
    }
    mailbox.post("aggregates read", ahead::release);
  }

  private List<AggregateKey> fitting(StoredLog session, List<AggregateKey> keys) {
    var unknown = keys.stream().filter(key -> !extents.containsKey(key)).toList();
    if (!unknown.isEmpty()) {
      var found = session.commitExtents(unknown);
      unknown.forEach(key -> extents.put(key, found.getOrDefault(key, NOTHING)));
    }
    var fitting = new ArrayList<AggregateKey>();
    var bytes = 0L;
    for (var key : keys) {
      var extent = extents.getOrDefault(key, NOTHING);
      if (extent.bytes() > ReadAhead.PAGE_BYTES) {
        // A size is looked at for each row that is asked for: not for many more than fit.
        var rows = 2 * ReadAhead.PAGE_BYTES * extent.rows() / extent.bytes();
        large.put(key, new Pages(0, (int) Math.max(1, Math.min(rows, MAX_PAGE_ROWS))));
        extents.remove(key);
      } else if (bytes + extent.bytes() <= ReadAhead.PAGE_BYTES) {
        bytes += extent.bytes();
        fitting.add(key);
      }
    }
    return fitting;
  }

  private void readPage(StoredLog session, AggregateKey key, Set<AggregateKey> left)
      throws InterruptedException {
    var pages = large.get(key);
    if (pages == null) {
      return;
    }
    ahead.acquire();
    List<LogRow> page;
    try {
      page = session.commits(key, pages.next(), pages.rows(), ReadAhead.PAGE_BYTES);
    } catch (RuntimeException e) {
      ahead.release();
      throw e;
    }
    if (page.isEmpty()) {
      large.remove(key);
      left.remove(key);
      mailbox.post("read " + key, () -> receiver.read(key, List.of(), false));
    } else {
      large.put(key, new Pages(page.get(page.size() - 1).offset() + 1, pages.rows()));
      left.remove(key);
      left.add(key); // Others come first now, also those of other databases.
      mailbox.post("read a part of " + key, () -> receiver.readSome(key, page));
    }
    mailbox.post("page read", ahead::release);
  }

  private EventStore open() {
    if (store == null) {
      store = factory.open();
      storeIs.accept(store.layout().storeId());
    }
    return store;
  }

  private StoredLog session(EventStore opened, int database) {
    var session = sessions.get(database);
    if (session == null) {
      session = opened.read(database);
      sessions.put(database, session);
    }
    return session;
  }

  private int shardOf(AggregateKey key) {
    return Shards.shardOf(key.toString(), shardCount);
  }
}
