package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.lang.reflect.Proxy;
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
