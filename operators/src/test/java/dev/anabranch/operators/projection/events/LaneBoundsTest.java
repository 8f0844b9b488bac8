package dev.anabranch.operators.projection.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.operators.projection.QuietCounts;
import dev.anabranch.operators.projection.TallyReadModel;
import dev.anabranch.operators.task.PageWatch;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.projection.Projections;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a lane of a version may hold, and how long several that hang are waited for. */
class LaneBoundsTest {

  private static final int MEGABYTE = 1 << 20;
  private static final VersionId VERSION = new VersionId("tallies", 1);

  @Test
  void rowsOfSomeMegabytesFillALaneThoughTheyAreFew() {
    var lane =
        new VersionLane(
            VERSION, List.of(1), new LaneLimits(10, 40), new QuietCounts(), TaskThreads.REAL);
    lane.claimed(
        Map.of(1, 0L), Map.of(), List.of(), new StoreComparison.Result(Map.of(), Map.of()));

    lane.offer(row(0, 3 * MEGABYTE));
    lane.offer(row(1, 3 * MEGABYTE));
    assertThat(lane.hasRoom()).isTrue();
    lane.offer(row(2, 3 * MEGABYTE));

    assertThat(lane.hasRoom()).isFalse();
    assertThat(lane.pending()).isEqualTo(3);
  }

  @Test
  void rowsThatComeTooEarlyAreHeldWithinTheirBytesAndTheRoomIsGivenBack() {
    var room = new RowRoom(40, 8 * MEGABYTE);
    var held = new HeldRows(room);
    for (var offset = 1; offset <= 5; offset++) {
      held.hold(row(offset, 3 * MEGABYTE));
    }
    assertThat(room.isFull()).isTrue();
    assertThat(held.first()).isEqualTo(1);

    assertThat(held.poll()).extracting(LogRow::offset).isEqualTo(1L);
    assertThat(room.isFull()).isFalse();
    held.hold(row(6, 3 * MEGABYTE));
    held.dropIf(offset -> offset < 6);

    assertThat(held.first()).as("4 and 5 had no room").isEqualTo(6);
    held.clear();
    assertThat(held.isEmpty()).isTrue();
    held.hold(row(7, 9 * MEGABYTE));
    assertThat(held.first()).as("one has room however large it is").isEqualTo(7);
  }

  @Test
  void whatWasTakenOrDroppedLeavesItsRoomToOthers() {
    var forming = new FormingRows(new RowRoom(3, 8 * MEGABYTE));
    forming.add(row(0, 5 * MEGABYTE));
    forming.add(row(1, 5 * MEGABYTE));
    assertThat(forming.isFull()).isTrue();

    assertThat(forming.take(1)).hasSize(1);
    assertThat(forming.isFull()).isFalse();
    forming.dropShard(1);
    assertThat(forming.isEmpty()).isTrue();
    forming.add(row(2, 1));
    forming.add(row(3, 1));
    assertThat(forming.isFull()).isFalse();
    forming.add(row(4, 1));
    assertThat(forming.isFull()).as("by their number").isTrue();
  }

  /** The first page, too, of which nobody knows how large its rows are. */
  @Test
  void aRebuildReadsNoMoreThanAFewMegabytesAtOnce() throws Exception {
    try (var harness = new ProjectionHarness(projections())) {
      var version = harness.database.begin(TallyReadModel.projection(1, Set.of()), true);
      for (var i = 0; i < 20; i++) {
        harness.writeLarge("t", 3 * MEGABYTE, i);
      }
      var watch = new PageWatch();
      harness.aroundStore = watch::around;
      harness.start();

      harness.awaitEnd(version);

      harness.assertExact(version);
      assertThat(watch.most()).isBetween(3L * MEGABYTE, VersionWorker.PAGE_BYTES);
    }
  }

  /**
   * Each call ends when all sessions were abandoned, which none of them is while one is waited for.
   */
  @Test
  void lanesThatHangAreEndedAllAtOnce() throws Exception {
    var harness = new ProjectionHarness(projections());
    var unused = harness.database.begin(TallyReadModel.projection(1, Set.of()), true);
    var hanging = new AtomicInteger();
    var abandoned = new CountDownLatch(4);
    harness.aroundDatabase = database -> hangingIn("claim", database, hanging, abandoned);
    harness.start();
    harness.await("all four lanes to hang", () -> hanging.get() == 4);

    var start = System.nanoTime();
    harness.close();

    assertThat(abandoned.getCount()).isZero();
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  private static Projections projections() {
    return TallyReadModel.projections(TallyReadModel.projection(1, Set.of()));
  }

  /** The query database, in whose sessions this method never ends before all are abandoned. */
  private static QueryDatabase hangingIn(
      String method, QueryDatabase database, AtomicInteger hanging, CountDownLatch abandoned) {
    return proxy(
        QueryDatabase.class,
        database,
        any -> {},
        opened -> {
          if (!(opened instanceof QuerySession session)) {
            return opened;
          }
          var hangs = new AtomicBoolean();
          return proxy(
              QuerySession.class,
              session,
              call -> {
                if (call.equals(method)) {
                  hangs.set(true);
                  hanging.incrementAndGet();
                  awaitUninterruptibly(abandoned);
                } else if (call.equals("close") && hangs.getAndSet(false)) {
                  abandoned.countDown();
                }
              },
              result -> result);
        });
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    var interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T proxy(
      Class<T> type, T target, Consumer<String> before, UnaryOperator<Object> after) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              before.accept(method.getName());
              try {
                return after.apply(method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private static LogRow row(long offset, int bytes) {
    var blobs = new Blobs(Blobs.EMPTY, Blobs.EMPTY, new byte[bytes], Blobs.EMPTY);
    return new Outcome(
            RowKind.REJECTED,
            new AggregateKey("Tally", "t"),
            Outcome.NO_VERSION,
            "c" + offset,
            "",
            null,
            new Stamp(1, offset + 1, 1),
            blobs)
        .at(1, offset);
  }
}
