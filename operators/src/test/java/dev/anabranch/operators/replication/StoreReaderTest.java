package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import dev.anabranch.operators.task.PageWatch;
import dev.anabranch.operators.task.ReadAhead;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is left of a read when nothing is read. */
class StoreReaderTest {

  private static final long PATIENCE_SECONDS = 30;
  private static final String THREAD = "store-reader-of-large-ones";

  @Test
  void aSessionThatRestsIsClosedAndTheNextReadHasItsOwn() throws Exception {
    var store = new CountedStore();
    var answers = new LinkedBlockingQueue<AggregateKey>();
    var reader =
        new StoreReader(
            () -> store,
            ReplicationHarness.SHARDS,
            (description, action) -> {
              try {
                action.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            TaskThreads.REAL,
            new StoreReader.Receiver() {
              @Override
              public void readSome(AggregateKey aggregate, List<LogRow> commits) {
                throw new IllegalStateException("there are no large ones");
              }

              @Override
              public void read(AggregateKey aggregate, List<LogRow> commits, boolean isEmpty) {
                answers.add(aggregate);
              }

              @Override
              public void compared(Map<Integer, OwnRow> rows) {}
            },
            id -> {},
            "store-reader");
    try (var thread = reader.thread()) {
      reader.start();
      for (var reads = 1; reads <= 2; reads++) {
        var key = AggregateKey.parse("Auto/1");
        reader.read(key);
        assertThat(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(key);

        assertThat(store.closed.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(reads);
        assertThat(store.opened.get()).isEqualTo(reads);
      }
    }
  }

  @Test
  void whileOneDatabaseIsDownTheOthersAreReadAndCompared() throws Exception {
    var store = new InMemoryEventStore("a", ReplicationHarness.SHARDS, 4, 2);
    var there = rowOf(store, 1);
    try (var session = store.open(1)) {
      session.append(List.of(there));
    }
    store.database(0).setDown(true);
    var answers = new LinkedBlockingQueue<Object>();
    var reader =
        new StoreReader(
            () -> store,
            ReplicationHarness.SHARDS,
            (description, action) -> {
              try {
                action.run();
              } catch (Exception e) {
                answers.add(e);
              }
            },
            TaskThreads.REAL,
            new StoreReader.Receiver() {
              @Override
              public void readSome(AggregateKey aggregate, List<LogRow> commits) {
                throw new IllegalStateException("there are no large ones");
              }

              @Override
              public void read(AggregateKey aggregate, List<LogRow> commits, boolean isEmpty) {
                answers.add(aggregate);
              }

              @Override
              public void compared(Map<Integer, OwnRow> rows) {
                answers.add(rows.keySet());
              }
            },
            id -> {},
            "store-reader");
    var away = rowOf(store, 0).outcome().aggregate();
    var key = there.outcome().aggregate();
    var rows =
        Map.of(
            rowOf(store, 0).shard(), own(rowOf(store, 0)),
            there.shard(), own(there));
    try (var thread = reader.thread()) {
      reader.read(away);
      reader.read(key);
      reader.start();
      assertThat(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(key);
      reader.compare(rows);
      assertThat(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(Set.of(there.shard()));
      reader.read(key);
      assertThat(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(key);

      store.database(0).setDown(false);
      assertThat(answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(away);
      assertThat(answers).isEmpty();
    }
  }

  /** Thirty commits of a megabyte, and a task that takes none of them for a while. */
  @Test
  void aLargeAggregateIsReadNoFurtherAheadThanTheTaskTakesIt() throws Exception {
    var store = new InMemoryEventStore("a", ReplicationHarness.SHARDS, 4, 2);
    var key = fill(store, 30);
    var mails = new LinkedBlockingQueue<TaskMailbox.Action>();
    var task = new Taker();
    var reader = reader(store, mails, task);
    try (var thread = reader.thread()) {
      reader.read(key);
      reader.start();
      var most = 0L;
      while (!task.ended.contains(key)) {
        awaitAcquire(mails);
        var before = task.bytes;
        runAll(mails);
        most = Math.max(most, task.bytes - before);
      }

      assertThat(task.offsets).hasSize(30).isSorted().doesNotHaveDuplicates();
      assertThat(most).isBetween(2L << 20, 9L << 20);
    }
  }

  @Test
  void aSmallAggregateDoesNotWaitForALargeOne() throws Exception {
    var store = new InMemoryEventStore("a", ReplicationHarness.SHARDS, 4, 2);
    var key = fill(store, 30);
    var mails = new LinkedBlockingQueue<TaskMailbox.Action>();
    var task = new Taker();
    var reader = reader(store, mails, task);
    try (var thread = reader.thread()) {
      reader.read(key);
      reader.start();
      awaitAcquire(mails);
      var small = rowOf(store, 1).outcome().aggregate();
      reader.read(small);
      while (task.ended.size() < 2) {
        var mail = mails.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(mail).isNotNull();
        mail.run();
      }

      assertThat(task.ended).containsExactly(small, key);
    }
  }

  @Test
  void aReadHasNoMoreAggregatesThanFit() throws Exception {
    var store = new InMemoryEventStore("a", ReplicationHarness.SHARDS, 4, 1);
    var watch = new PageWatch();
    var mails = new LinkedBlockingQueue<TaskMailbox.Action>();
    var task = new Taker();
    var reader = reader(watch.around(store), mails, task);
    try (var thread = reader.thread()) {
      var region = new TestRegion("a", ReplicationHarness.SHARDS);
      for (var i = 0; i < 6; i++) {
        reader.read(fill(store, region, "Auto/" + i, 2));
      }
      reader.start();
      while (task.ended.size() < 6) {
        var mail = mails.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(mail).isNotNull();
        mail.run();
      }

      assertThat(task.offsets).hasSize(12);
      assertThat(watch.most()).isBetween(2L << 20, ReadAhead.PAGE_BYTES);
    }
  }

  @Test
  void aConnectionThatIsLostAmongThePagesIsGoneOnWithWhereItWas() throws Exception {
    var store = new InMemoryEventStore("a", ReplicationHarness.SHARDS, 4, 2);
    var key = fill(store, 30);
    var database = store.layout().databaseOf(Shards.shardOf(key, ReplicationHarness.SHARDS));
    var mails = new LinkedBlockingQueue<TaskMailbox.Action>();
    var task = new Taker();
    var reader = reader(store, mails, task);
    try (var thread = reader.thread()) {
      reader.read(key);
      reader.start();
      awaitAcquire(mails);
      store.database(database).setDown(true);
      runAll(mails);
      var read = task.offsets.size();
      assertThat(read).isBetween(2, 10);
      store.database(database).setDown(false);
      while (!task.ended.contains(key)) {
        var mail = mails.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(mail).isNotNull();
        mail.run();
      }

      assertThat(task.offsets).hasSize(30).isSorted().doesNotHaveDuplicates();
    }
  }

  private static StoreReader reader(
      EventStore store, LinkedBlockingQueue<TaskMailbox.Action> mails, StoreReader.Receiver task) {
    return new StoreReader(
        () -> store,
        ReplicationHarness.SHARDS,
        (description, action) -> mails.add(action),
        TaskThreads.REAL,
        task,
        id -> {},
        THREAD);
  }

  /** So many commits of one aggregate, of a megabyte each. */
  private static AggregateKey fill(InMemoryEventStore store, int commits) {
    var region = new TestRegion("a", ReplicationHarness.SHARDS);
    return fill(store, region, "Auto/large", commits);
  }

  private static AggregateKey fill(
      InMemoryEventStore store, TestRegion region, String key, int commits) {
    for (var i = 0; i < commits; i++) {
      var row = region.commit(key, "c" + i, " ".repeat(1 << 20)).row();
      try (var session = store.open(store.layout().databaseOf(row.shard()))) {
        session.append(List.of(row));
      }
    }
    return AggregateKey.parse(key);
  }

  /** Waits until the thread has read as much as it may, or all. */
  private static void awaitAcquire(LinkedBlockingQueue<TaskMailbox.Action> mails) {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!isAcquiring() && mails.size() < 3) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.onSpinWait();
    }
  }

  private static boolean isAcquiring() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals(THREAD))
        .anyMatch(
            thread ->
                List.of(thread.getValue()).stream()
                    .anyMatch(frame -> frame.getMethodName().equals("acquire")));
  }

  /** Runs those that are there now; others may come meanwhile. */
  private static void runAll(LinkedBlockingQueue<TaskMailbox.Action> mails) throws Exception {
    var queued = new ArrayList<TaskMailbox.Action>();
    mails.drainTo(queued);
    for (var mail : queued) {
      mail.run();
    }
  }

  /** What a task has taken. */
  private static final class Taker implements StoreReader.Receiver {
    private final List<Long> offsets = new ArrayList<>();
    private final List<AggregateKey> ended = new ArrayList<>();
    private long bytes;

    @Override
    public void readSome(AggregateKey aggregate, List<LogRow> commits) {
      for (var row : commits) {
        offsets.add(row.offset());
        bytes += row.outcome().blobs().size();
      }
    }

    @Override
    public void read(AggregateKey aggregate, List<LogRow> commits, boolean isEmpty) {
      readSome(aggregate, commits);
      ended.add(aggregate);
    }

    @Override
    public void compared(Map<Integer, OwnRow> rows) {}
  }

  /** The first row of a shard of that database. */
  private static LogRow rowOf(EventStore store, int database) {
    var region = new TestRegion("a", ReplicationHarness.SHARDS);
    for (var i = 1; ; i++) {
      var row = region.commit("Auto/" + i, "c" + i, "x").row();
      if (row.offset() == 0 && store.layout().databaseOf(row.shard()) == database) {
        return row;
      }
    }
  }

  private static OwnRow own(LogRow row) {
    var stamp = row.outcome().stamp();
    return new OwnRow("", new ShardHead(row.offset(), stamp.writer(), stamp.hlc()));
  }

  /** Counts sessions. */
  private static final class CountedStore implements EventStore {
    private final InMemoryEventStore store =
        new InMemoryEventStore("a", ReplicationHarness.SHARDS, 4, 2);
    private final AtomicInteger opened = new AtomicInteger();

    /** Numbers of the sessions that were closed, as they were opened. */
    private final LinkedBlockingQueue<Integer> closed = new LinkedBlockingQueue<>();

    @Override
    public StoreLayout layout() {
      return store.layout();
    }

    @Override
    public LogSession open(int database) {
      var number = opened.incrementAndGet();
      var session = store.open(database);
      return (LogSession)
          Proxy.newProxyInstance(
              LogSession.class.getClassLoader(),
              new Class<?>[] {LogSession.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("close")) {
                  closed.add(number);
                }
                return method.invoke(session, arguments);
              });
    }

    @Override
    public LogSession reopen(int database, LogSession lost) {
      lost.close();
      return open(database);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
