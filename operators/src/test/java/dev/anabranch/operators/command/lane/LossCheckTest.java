package dev.anabranch.operators.command.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lanes compare their databases at the same time, with all that the topic can show. */
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

  /** What both shards of a partition may have is behind the lower one of their bookmarks. */
  @Test
  void aPartitionIsReadFromTheEarliestBookmarkOfItsShards() throws Exception {
    var topic = new Topic(Map.of(), Map.of());

    check(
        topic,
        Map.of(
            0, new LogBookmark("t", 70),
            1, new LogBookmark("t", 50),
            2, new LogBookmark("t", 20),
            3, new LogBookmark("t", 90)));

    assertThat(topic.from)
        .isEqualTo(Map.of(0, new LogBookmark("t", 50), 1, new LogBookmark("t", 20)));
  }

  @Test
  void aPartitionHasNoBookmarkIfOneOfItsShardsHasNoneOrThatOfAnotherTopic() throws Exception {
    var topic = new Topic(Map.of(), Map.of());

    check(
        topic,
        Map.of(
            1, new LogBookmark("t", 50),
            2, new LogBookmark("t", 20),
            3, new LogBookmark("another", 90)));

    assertThat(topic.from).containsOnlyKeys(0, 1).containsEntry(0, null).containsEntry(1, null);
  }

  @Test
  void shardsThatTheTopicCouldNotShowAreCounted() throws Exception {
    var there = new ShardHead(0, 1, 1);
    var topic = new Topic(Map.of(1, there), Map.of(0, "it lost records", 1, "it is away"));

    // Shard 1 was seen though its partition was not read to the end.
    assertThatThrownBy(() -> check(topic, Map.of())).hasMessageContaining("lacks the row");

    assertThat(topic.unchecked).containsExactlyInAnyOrder(1, 2);
  }

  private static void check(Topic topic, Map<Integer, LogBookmark> bookmarks) throws Exception {
    var store = new InMemoryEventStore("a", SHARDS, 4, 2);
    try (var session = store.open(0)) {
      session.recordBookmarks(bookmarks);
    }
    var connection = new LaneConnection(store, 0, TaskThreads.REAL);
    try (var check =
        new LossCheck(topic, store.layout(), "a", topic.unchecked::add, TaskThreads.REAL)) {
      var shards = IntStream.range(0, SHARDS / 2).boxed().toList();
      shards.forEach(check::own);
      check.check(connection, shards);
    } finally {
      connection.close();
    }
  }

  /** Shows what it was told to, and keeps what it was asked. */
  private static final class Topic implements PublishedLog.Session {
    private final Map<Integer, ShardHead> heads;
    private final Map<Integer, String> gaps;
    private final Map<Integer, @Nullable LogBookmark> from = new HashMap<>();
    private final List<Integer> unchecked = new ArrayList<>();

    Topic(Map<Integer, ShardHead> heads, Map<Integer, String> gaps) {
      this.heads = heads;
      this.gaps = gaps;
    }

    @Override
    public Map<Integer, LogBookmark> ends(Collection<Integer> partitions) {
      return Map.of();
    }

    @Override
    public PublishedLog.Found read(
        Map<Integer, @Nullable LogBookmark> asked, List<AcceptedLoss> forgotten) {
      from.putAll(asked);
      return new PublishedLog.Found(heads, gaps, 0);
    }

    @Override
    public void close() {
      // It holds nothing.
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
