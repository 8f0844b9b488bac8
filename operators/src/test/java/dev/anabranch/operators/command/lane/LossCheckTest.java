package dev.anabranch.operators.command.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Lanes compare their databases at the same time. */
class LossCheckTest {

  private static final int SHARDS = 8;
  private static final long PATIENCE_SECONDS = 30;

  /** It goes away when the lane has the turn to ask for the topic. */
  @Test
  void aDatabaseThatIsAwayHoldsUpNoLaneOfAnotherOne() throws Exception {
    var store = new InMemoryEventStore("a", SHARDS, 4, 2);
    var isAway = new AtomicBoolean(true);
    var done = new LinkedBlockingQueue<Integer>();
    try (var check =
        new LossCheck(
            PublishedLog.NONE.open(), store.layout(), "a", shards -> {}, TaskThreads.REAL)) {
      for (var shard = 0; shard < SHARDS; shard++) {
        check.own(shard);
      }
      var away = shardIn(store, 0);
      var serving = shardIn(store, 1);
      var first = new LaneConnection(goesAway(store, isAway), 0, TaskThreads.REAL);
      var second = new LaneConnection(store, 1, TaskThreads.REAL);
      var threads = new ArrayList<TaskThreads.Running>();
      threads.add(TaskThreads.REAL.start("lane-a", () -> run(check, first, away, done)));
      while (!first.isDown()) {
        Thread.onSpinWait();
      }

      threads.add(TaskThreads.REAL.start("lane-b", () -> run(check, second, serving, done)));

      assertThat(done.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(serving);
      assertThat(done).isEmpty();
      isAway.set(false);
      assertThat(done.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(away);
      for (var thread : threads) {
        thread.join(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
      }
      first.close();
      second.close();
    }
  }

  /** The store, whose bookmarks can't be read while it is away. */
  private static EventStore goesAway(EventStore store, AtomicBoolean isAway) {
    return (EventStore)
        Proxy.newProxyInstance(
            EventStore.class.getClassLoader(),
            new Class<?>[] {EventStore.class},
            (proxy, method, arguments) -> {
              var result = method.invoke(store, arguments);
              return result instanceof LogSession session ? goesAway(session, isAway) : result;
            });
  }

  private static LogSession goesAway(LogSession session, AtomicBoolean isAway) {
    return (LogSession)
        Proxy.newProxyInstance(
            LogSession.class.getClassLoader(),
            new Class<?>[] {LogSession.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("bookmarks") && isAway.get()) {
                throw new StoreUnavailableException("away", null);
              }
              return method.invoke(session, arguments);
            });
  }

  private static void run(
      LossCheck check, LaneConnection connection, int shard, LinkedBlockingQueue<Integer> done) {
    try {
      check.check(connection, List.of(shard));
      done.add(shard);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int shardIn(InMemoryEventStore store, int database) {
    for (var shard = 0; ; shard++) {
      if (store.layout().databaseOf(shard) == database) {
        return shard;
      }
    }
  }
}
