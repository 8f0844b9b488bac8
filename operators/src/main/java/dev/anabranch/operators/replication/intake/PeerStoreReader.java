package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.operators.task.Worker;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoredLog;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rows of a peer's log from its store, on a thread of its own: the last resort where no topic
 * has them.
 *
 * <p><b>Failure.</b> Whatever the store answers, nothing fails but the reading: it is warned of,
 * and tried again after twice as long each time, a minute at most.
 *
 * <p><b>Bounds.</b> {@link #MAX_WAITING} ranges; one more is asked for again later. One page at a
 * time, of {@link #PAGE_ROWS} rows and {@link #PAGE_BYTES} bytes: the next is read when the task
 * has taken it.
 *
 * <p><b>Threads.</b> {@link #ask} from the task's.
 */
final class PeerStoreReader implements Worker.Work<PeerStoreReader.Span> {

  private static final Logger LOG = LoggerFactory.getLogger(PeerStoreReader.class);

  static final int MAX_WAITING = 1_000;
  static final int PAGE_ROWS = 500;
  static final long PAGE_BYTES = 4 << 20;
  private static final long MIN_BACKOFF_MILLIS = 100;
  private static final long MAX_BACKOFF_MILLIS = 60_000;

  /**
   * Rows of a shard.
   *
   * @param from offset of the first one
   * @param to the offset behind the last one
   */
  record Span(int shard, long from, long to) {}

  /** Gets what was read, on the task's thread. */
  interface Receiver {
    void read(int shard, List<LogRow> rows) throws Exception;
  }

  private final String peer;
  private final EventStoreFactory factory;
  private final TaskMailbox mailbox;
  private final Receiver receiver;
  private final Runnable failed;

  /** Guarded by itself: what is asked for and not read yet. */
  private final Set<Span> asked = new HashSet<>();

  private final TaskThreads threads;
  private final Worker<Span> thread;
  private @Nullable EventStore store;
  private @Nullable StoredLog session;
  private int database;

  /**
   * @param failed called for each failure, from the reader's thread
   */
  PeerStoreReader(
      String peer,
      EventStoreFactory factory,
      TaskMailbox mailbox,
      TaskThreads threads,
      Receiver receiver,
      Runnable failed) {
    this.peer = peer;
    this.factory = factory;
    this.mailbox = mailbox;
    this.receiver = receiver;
    this.failed = failed;
    this.threads = threads;
    this.thread =
        new Worker<>(
            "anabranch-store-of-" + peer,
            threads,
            mailbox,
            new Worker.Settings(MAX_WAITING, Worker.IDLE_PING));
  }

  void start() {
    thread.start(this);
  }

  /** Asks for rows; those that are asked for already are not asked for twice. */
  void ask(Span span) {
    synchronized (asked) {
      if (!asked.contains(span) && thread.offer(span)) {
        asked.add(span);
      }
    }
  }

  Worker<Span> thread() {
    return thread;
  }

  @Override
  public void begin() {
    probe();
  }

  @Override
  public void perform(Span span) throws InterruptedException {
    readAll(span);
    synchronized (asked) {
      asked.remove(span);
    }
    if (!thread.hasNext()) {
      // Nothing more for long, most likely: the peer's server keeps no session for it.
      disconnect();
    }
  }

  @Override
  public void close() {
    disconnect();
  }

  /** What is wrong with the options shows at the start, not when the store is needed. */
  private void probe() {
    try {
      var unused = session(0);
    } catch (RuntimeException | LinkageError e) {
      failed.run();
      LOG.warn(
          "The store of region {} can't be read (peer.{}.store): {}. It is tried again when rows of"
              + " its log are missing",
          peer,
          peer,
          e.getMessage());
    } finally {
      disconnect();
    }
  }

  private void readAll(Span span) throws InterruptedException {
    var next = span.from();
    var backoff = MIN_BACKOFF_MILLIS;
    while (next < span.to()) {
      thread.requireOpen();
      try {
        var page = page(span, next);
        if (page.isEmpty()) {
          LOG.error(
              "The store of region {} has no rows {} to {} of shard {} either: they are lost there,"
                  + " or given up. Compare the regions: anabranch verify --across",
              peer,
              next,
              span.to() - 1,
              span.shard());
          return;
        }
        handOver(span.shard(), page);
        next = page.get(page.size() - 1).offset() + 1;
        backoff = MIN_BACKOFF_MILLIS;
      } catch (RuntimeException | LinkageError e) {
        failed.run();
        LOG.warn(
            "Rows {} to {} of shard {} of region {}'s log are missing, and its store can't be read"
                + " (peer.{}.store), next try in {} ms: {}",
            next,
            span.to() - 1,
            span.shard(),
            peer,
            peer,
            backoff,
            e.getMessage());
        disconnect();
        thread.pause(TimeUnit.MILLISECONDS.toNanos(backoff));
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MILLIS);
      }
    }
  }

  /** Rows of the span from the offset on; fewer than there are, none if there is none. */
  private List<LogRow> page(Span span, long next) {
    var most = (int) Math.min(PAGE_ROWS, span.to() - next);
    var rows = session(span.shard()).read(span.shard(), next, most, PAGE_BYTES);
    return rows.stream().filter(row -> row.offset() < span.to()).toList();
  }

  /** Returns when the task has taken the page: so one is in memory at a time. */
  private void handOver(int shard, List<LogRow> page) throws InterruptedException {
    var done = new AtomicBoolean();
    var taken = threads.signal();
    mailbox.post(
        "rows of shard " + shard + " from the store of " + peer,
        () -> {
          try {
            receiver.read(shard, page);
          } finally {
            done.set(true);
            taken.raise();
          }
        });
    while (!done.get()) {
      thread.requireOpen();
      taken.await(TimeUnit.MILLISECONDS.toNanos(MAX_BACKOFF_MILLIS));
    }
  }

  private StoredLog session(int shard) {
    var opened = store;
    if (opened == null) {
      opened = factory.open();
      store = opened;
      requirePeer(opened);
    }
    if (shard >= opened.layout().shardCount()) {
      throw new StoreLayoutException(
          "it has " + opened.layout().shardCount() + " shards, none of them is " + shard);
    }
    var home = opened.layout().databaseOf(shard);
    var current = session;
    if (current == null || database != home) {
      if (current != null) {
        current.close();
        session = null;
      }
      current = opened.read(home);
      session = current;
      database = home;
    }
    return current;
  }

  private void requirePeer(EventStore opened) {
    var found = opened.layout().region().value();
    if (!found.equals(peer)) {
      throw new StoreLayoutException(
          "it is the store of region " + found + ": correct the URLs of peer." + peer + ".store");
    }
  }

  private void disconnect() {
    var lastSession = session;
    var lastStore = store;
    session = null;
    store = null;
    if (lastSession != null) {
      lastSession.close();
    }
    if (lastStore != null) {
      lastStore.close();
    }
  }
}
