package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.lane.LaneConnection;
import dev.anabranch.operators.command.lane.LaneRequest;
import dev.anabranch.operators.command.lane.LaneWorker;
import dev.anabranch.operators.command.lane.LossCheck;
import dev.anabranch.operators.command.lane.TailScan;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.ReadAhead;
import dev.anabranch.operators.task.TaskMailbox;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.EventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits on the heap is bounded in bytes, however large single rows are. */
@Timeout(60)
class BoundedBytesTest {

  private static final AggregateKey KEY = new AggregateKey("Tally", "1");
  private static final int SHARD = Shards.shardOf(KEY.toString(), OperatorHarness.SHARDS);
  private static final int MEGABYTE = 1 << 20;
  private static final Set<Thread.State> WAITING =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private final TestStore store = new TestStore();

  @AfterEach
  void stop() {
    store.close();
  }

  /** 60 rows of a megabyte, and a task that takes none of them for a while. */
  @Test
  void aTailIsReadNoFurtherAheadThanAFewMegabytes() throws Exception {
    fill(60);
    var mails = new LinkedBlockingQueue<TaskMailbox.Action>();
    var tail = new Tail();
    var scan = new Thread(() -> scan(mails, tail));
    scan.start();

    while (scan.isAlive()) {
      while (scan.isAlive() && !isWaiting(scan, "acquire")) {
        Thread.onSpinWait();
      }
      var queued = new ArrayList<TaskMailbox.Action>();
      mails.drainTo(queued);
      tail.bytes = 0;
      for (var mail : queued) {
        mail.run();
      }
      tail.most = Math.max(tail.most, tail.bytes);
    }
    for (var mail : mails) {
      mail.run();
    }

    assertThat(tail.offsets).hasSize(60).isSorted();
    assertThat(tail.isComplete).isTrue();
    assertThat(tail.most).isBetween(2L * MEGABYTE, 10L * MEGABYTE);
  }

  /** Thirty repeats whose rows take a megabyte each, by position and by command. */
  @Test
  void rowsThatAreLookedUpComeNoFasterThanTheTaskTakesThem() throws Exception {
    fill(30);
    var mails = new LinkedBlockingQueue<TaskMailbox.Action>();
    var opened = store.factory().open();
    try (var topic = new TestTopic(OperatorHarness.SHARDS, 4);
        var losses =
            new LossCheck(topic.open(), opened.layout(), "a", shards -> {}, TaskThreads.REAL)) {
      var worker =
          new LaneWorker(
              "test",
              opened,
              databaseIndex(),
              (description, action) -> mails.add(action),
              TaskThreads.REAL,
              losses);
      var answers = new ArrayList<String>();
      var size = new AtomicLong();
      for (var i = 29; i >= 0; i--) {
        var command = "c" + i;
        var position =
            switch (i % 3) {
              case 0 -> new LogPosition(SHARD, i);
              case 1 -> new LogPosition(SHARD, 29 - i); // Of another command.
              default -> null;
            };
        worker.submit(
            new LaneRequest.Find(
                position,
                new CommandRef(KEY, command),
                row -> {
                  answers.add(row == null ? "none" : row.outcome().commandId());
                  size.addAndGet(row == null ? 0 : row.outcome().blobs().size());
                  assertThat(row).isNotNull();
                  assertThat(row.outcome().commandId()).isEqualTo(command);
                }));
      }
      worker.submit(
          new LaneRequest.Find(null, new CommandRef(KEY, "never"), row -> answers.add("" + row)));
      worker.start();
      var thread = threadNamed("anabranch-lane-test");
      var most = 0L;
      while (answers.size() < 31) {
        while (!isWaiting(thread, "await")) {
          Thread.onSpinWait();
        }
        size.set(0);
        var queued = new ArrayList<TaskMailbox.Action>();
        mails.drainTo(queued);
        for (var mail : queued) {
          mail.run();
        }
        most = Math.max(most, size.get());
      }
      worker.thread().close();
      assertThat(answers).hasSize(31).contains("null");
      assertThat(most).isBetween(2L * MEGABYTE, 9L * MEGABYTE);
    }
  }

  /** Commands of some bytes, whose outcomes take five kilobytes each. */
  @Test
  void outcomesThatWaitForTheirDatabaseFillTheLaneThoughTheirCommandsAreSmall() throws Exception {
    var options =
        OperatorHarness.options(new Batching(1, 50, MEGABYTE, 200, 1 << 16), Duration.ofMillis(50));
    assertThat(takenWhileAway(options, "Tally/1", List.of("add a"), "big 5000")).isBetween(2, 15);
  }

  /** Each pending commit keeps a state of its own, which may be far larger than its row. */
  @Test
  void statesOfPendingCommitsFillTheLaneThoughTheirRowsAreSmall() throws Exception {
    var options =
        OperatorHarness.options(new Batching(1, 50, MEGABYTE, 200, 1 << 16), Duration.ofMillis(50));
    var large = List.of("big 5000", "big 5000", "big 5000", "big 5000");
    assertThat(takenWhileAway(options, "Tally/1", large, "add x")).isBetween(2, 10);
  }

  /** A start folds each aggregate of the log once; it keeps only what may be kept. */
  @Test
  void aStartFromNothingKeepsNoMoreStatesThanTheCacheMayHold() throws Exception {
    try (var operator = new OperatorHarness(store.factory())) {
      for (var i = 0; i < 100; i++) {
        operator.send("Tally/" + i, "c" + i, "big 5000");
      }
      operator.settle();
    }
    var small = OperatorHarness.defaults().withMaxCachedBytes(50_000);
    try (var operator = new OperatorHarness(store.factory(), small)) {
      operator.pumpUntil(() -> operator.rows().size() == 100);
      assertThat(operator.shards().cachedBytes()).isBetween(1L, 60_000L);
      for (var i = 0; i < 100; i++) {
        assertThat(operator.handle("Tally/" + i, "d" + i, "reject-if-empty x").body().version())
            .isEqualTo(2);
      }
      assertThat(operator.shards().cachedBytes()).isBetween(1L, 60_000L);
    }
  }

  /** How many commands come in until the operator takes no more. */
  private int takenWhileAway(
      CommandOperatorOptions options, String aggregate, List<String> before, String command)
      throws Exception {
    try (var operator = new OperatorHarness(store.factory(), options)) {
      operator.settle();
      for (var i = 0; i < before.size(); i++) {
        operator.handle(aggregate, "before" + i, before.get(i));
      }
      store.databaseOf(aggregate).setDown(true);
      var task = Thread.currentThread();
      var taken = new AtomicInteger();
      var atTheLimit =
          CompletableFuture.supplyAsync(
              () -> {
                while (!isWaiting(task, "yield")) {
                  Thread.onSpinWait();
                }
                var count = taken.get();
                store.databaseOf(aggregate).setDown(false);
                return count;
              });
      for (var i = 0; i < 150; i++) {
        operator.send(aggregate, "c" + i, command);
        taken.incrementAndGet();
      }
      operator.settle();
      assertThat(operator.rows()).hasSize(before.size() + 150);
      return atTheLimit.get(20, TimeUnit.SECONDS);
    }
  }

  private void fill(int rows) {
    var large = new byte[MEGABYTE];
    Arrays.fill(large, (byte) 'x');
    var blobs = new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, large);
    try (var session = store.openSession(databaseIndex())) {
      for (var i = 0; i < rows; i++) {
        var outcome =
            new Outcome(
                RowKind.REJECTED,
                KEY,
                Outcome.NO_VERSION,
                "c" + i,
                "",
                null,
                new Stamp(1, i + 1, 1),
                blobs);
        assertThat(session.append(List.of(outcome.at(SHARD, i))))
            .isInstanceOf(AppendResult.Appended.class);
      }
    }
  }

  private static int databaseIndex() {
    return SHARD * 2 / OperatorHarness.SHARDS;
  }

  private void scan(LinkedBlockingQueue<TaskMailbox.Action> mails, Tail tail) {
    try (var topic = new TestTopic(OperatorHarness.SHARDS, 4)) {
      EventStore opened = store.factory().open();
      var connection = new LaneConnection(opened, databaseIndex(), TaskThreads.REAL);
      var losses =
          new LossCheck(topic.open(), opened.layout(), "a", shards -> {}, TaskThreads.REAL);
      losses.own(SHARD);
      var shards = new HashMap<Integer, @Nullable ShardRecord>();
      shards.put(SHARD, null);
      new TailScan(
              connection,
              (description, action) -> mails.add(action),
              new LaneRequest.ReadTail(shards, 7, tail),
              losses,
              new ReadAhead(TaskThreads.REAL, TailScan.PAGES_AHEAD))
          .run();
      losses.close();
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread threadNamed(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findAny()
        .orElseThrow();
  }

  private static boolean isWaiting(Thread thread, String method) {
    return WAITING.contains(thread.getState())
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals(method));
  }

  /** Counts what the mails that are run hold. */
  private static final class Tail implements LaneRequest.TailReader {
    private final List<Long> offsets = new ArrayList<>();
    private boolean isComplete;
    private long bytes;
    private long most;

    @Override
    public void answered(Map<Integer, byte[]> marks) {}

    @Override
    public void rows(int shard, List<LogRow> rows, long publishFrom) {
      for (var row : rows) {
        offsets.add(row.offset());
        bytes += row.outcome().blobs().size();
      }
    }

    @Override
    public void complete() {
      isComplete = true;
    }
  }
}
