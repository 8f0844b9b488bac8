package dev.anabranch.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Kills the server with SIGKILL while two writers append, and starts it again. Each writer does
 * what an owner of a shard does: after an unknown outcome it reopens and repeats the same rows.
 */
class ServerCrashITCase {

  private static final int CRASHES = 3;
  private static final int BATCH = 50;
  private static final int BATCHES_BETWEEN = 40;

  @Test
  void noAcknowledgedRowIsLostAndUnknownOnesSettle() throws Exception {
    try (var directory = WorkDirectory.create("crash");
        var server = EmbeddedDatabase.start(directory.path())) {
      var config =
          TestServer.config(2, TestServer.database(server, server.port(), "a", "crash", "0-1"));
      new SchemaMigrator(config).migrate();
      try (var store = new MySqlEventStoreFactory(config).open()) {
        var writers = List.of(new Writer(store, 0), new Writer(store, 1));
        var running = writers.stream().map(w -> Background.start(w::run)).toList();
        for (var crash = 1; crash <= CRASHES; crash++) {
          for (var writer : writers) {
            writer.awaitBatches((long) crash * BATCHES_BETWEEN);
          }
          server.kill();
          server.restart();
        }
        for (var i = 0; i < writers.size(); i++) {
          writers.get(i).stop();
          Background.await(running.get(i));
        }
        assertThat(writers.stream().mapToLong(w -> w.unknown.get()).sum()).isPositive();
        for (var writer : writers) {
          writer.assertStored();
        }
      }
    }
  }

  private static final class Writer {
    private final EventStore store;
    private final int shard;
    private final List<LogRow> acknowledged = new ArrayList<>();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private volatile boolean stopped;
    private volatile CountDownLatch progress = new CountDownLatch(1);

    Writer(EventStore store, int shard) {
      this.store = store;
      this.shard = shard;
    }

    Void run() {
      var session = store.open(0);
      while (!stopped) {
        var rows = TestRows.rows(shard, acknowledged.size(), BATCH);
        var result = session.append(rows);
        while (!(result instanceof AppendResult.Appended)) {
          assertThat(result)
              .isInstanceOfAny(AppendResult.Unknown.class, AppendResult.Unavailable.class);
          unknown.incrementAndGet();
          session = reopen(session);
          result = session.append(rows);
        }
        acknowledged.addAll(rows);
        batches.incrementAndGet();
        progress.countDown();
      }
      session.close();
      return null;
    }

    private LogSession reopen(LogSession lost) {
      while (true) {
        try {
          return store.reopen(0, lost);
        } catch (StoreUnavailableException stillDown) {
          Background.pause();
        }
      }
    }

    void awaitBatches(long count) throws InterruptedException {
      while (batches.get() < count) {
        progress.await();
        progress = new CountDownLatch(1);
      }
    }

    void stop() {
      stopped = true;
    }

    void assertStored() {
      try (var session = store.open(0)) {
        var stored = new ArrayList<LogRow>();
        var page = session.read(shard, 0, 1_000);
        while (!page.isEmpty()) {
          stored.addAll(page);
          page = session.read(shard, stored.size(), 1_000);
        }
        assertThat(stored).hasSameSizeAs(acknowledged);
        for (var i = 0; i < stored.size(); i++) {
          assertThat(stored.get(i).isIdenticalTo(acknowledged.get(i))).isTrue();
        }
      }
    }
  }
}
