package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.DomainLoader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a checkpoint holds undecided is not lost, whatever a start begins with, nor reordered. */
class ParkedCommandsTest {

  private TestStore store;
  private OperatorHarness operator;

  @BeforeEach
  void start() throws Exception {
    store = new TestStore();
    operator = new OperatorHarness(store.factory(), impatient());
  }

  @AfterEach
  void stop() throws Exception {
    operator.close();
    store.assertSound();
    store.close();
  }

  /** Before the checkpoint completes: Kafka's group moves past the command when it does. */
  @Test
  void aSubtaskWithOneDatabaseNotesItsParkedCommandsInAnotherOne() throws Exception {
    try (var subtask = subtaskZeroOfTwo(impatient())) {
      subtask.open();
      subtask.processElement(command(aggregateIn(0), "c0", "add x"));
      subtask.endInput();
      store.database(0).setDown(true);
      subtask.processElement(command(aggregateIn(0), "c1", "add y"));
      subtask.prepareSnapshotPreBarrier(1);
      subtask.snapshot(1, 0);

      assertThat(hasParked(1)).isTrue();
    }
    store.database(0).setDown(false);
  }

  @Test
  void theNoteGoesFromAllDatabasesOnceNothingIsParked() throws Exception {
    try (var subtask = subtaskZeroOfTwo(impatient())) {
      subtask.open();
      store.database(0).setDown(true);
      subtask.processElement(command(aggregateIn(0), "c1", "add y"));
      subtask.prepareSnapshotPreBarrier(1);
      subtask.snapshot(1, 0);
      subtask.notifyOfCompletedCheckpoint(1);
      assertThat(hasParked(1)).isTrue();

      store.database(0).setDown(false);
      subtask.endInput();
      for (var id = 2; hasParked(0) || hasParked(1); id++) {
        subtask.prepareSnapshotPreBarrier(id);
        subtask.snapshot(id, 0);
        subtask.notifyOfCompletedCheckpoint(id);
        while (subtask.getTaskMailbox().hasMail()) {
          subtask.getTaskMailbox().take(0).run();
        }
        assertThat(id).as("checkpoints without an end of the note").isLessThan(100_000);
      }
    }
  }

  @Test
  void aCheckpointWaitsWhileNoDatabaseCanTakeTheNote() throws Exception {
    operator.handle(aggregateIn(0), "c0", "add x");
    store.database(0).setDown(true);
    store.database(1).setDown(true);
    operator.send(aggregateIn(0), "c1", "add y");
    var back =
        CompletableFuture.runAsync(
            () -> store.database(1).setDown(false),
            CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));

    operator.takeSnapshot();

    assertThat(back).isDone();
    assertThat(hasParked(1)).isTrue();
    store.database(0).setDown(false);
  }

  /** With unaligned checkpoints commands between source and operator are in the checkpoint only. */
  @Test
  void whereCheckpointsHoldCommandsInFlightTheNoteIsThereBeforeTheFirstOne() throws Exception {
    try (var subtask = subtaskZeroOfTwo(impatient().mayHoldInFlight(true))) {
      subtask.open();
      subtask.processElement(command(aggregateIn(0), "c0", "add x"));
      subtask.endInput();
      subtask.prepareSnapshotPreBarrier(1);
      subtask.snapshot(1, 0);
      assertThat(hasParked(0) || hasParked(1)).isTrue();

      subtask.notifyOfCompletedCheckpoint(1);
      subtask.prepareSnapshotPreBarrier(2);
      subtask.snapshot(2, 0);
      subtask.notifyOfCompletedCheckpoint(2);
      assertThat(hasParked(0) || hasParked(1)).isTrue();
    }
  }

  @Test
  void parkedCommandsOfOneAggregateRunAgainInTheirOrder() throws Exception {
    var away = aggregateIn(0);
    operator.handle(away, "c0", "big 4500");
    store.database(0).setDown(true);
    operator.send(away, "c1", "big 4500");
    operator.send(away, "c2", "result z"); // too large behind c1
    operator.checkpoint();
    operator.forgetOutputs();
    operator.crashWithoutReplay();

    store.database(0).setDown(false);
    operator.settle();

    assertThat(store.database(0).allRows())
        .extracting(row -> row.outcome().commandId())
        .as("c2 came after c1, with which it is an error")
        .containsExactly("c0", "c1");
  }

  @Test
  void aBarrierFindsCommandsInTheOrderInWhichTheyCame() throws Exception {
    var away = aggregateIn(0);
    operator.handle(away, "c0", "add 0");
    store.database(0).setDown(true);
    for (var i = 1; i <= 40; i++) {
      var verb = i % 4 == 0 ? "throw" : i % 7 == 0 ? "reject" : "add " + i;
      operator.send(away, "c" + i, verb);
      operator.send(away, i % 5 == 0 ? "c0" : "d" + i, "add again");
      if (i % 10 == 0) {
        operator.checkpoint();
        operator.crashWithoutReplay();
      }
    }
    store.database(0).setDown(false);
    operator.settle();

    var order =
        store.database(0).allRows().stream()
            .map(row -> row.outcome().commandId())
            .filter(id -> !id.equals("c0"))
            .map(id -> 2 * Integer.parseInt(id.substring(1)) + (id.startsWith("d") ? 1 : 0))
            .toList();
    assertThat(order).isSorted().hasSizeGreaterThan(50);
  }

  private static CommandOperatorOptions impatient() {
    return OperatorHarness.options(
        new Batching(1, 50, 1 << 20, 200, 1 << 24), Duration.ofMillis(50));
  }

  /** It owns shards 0 to 7, which are exactly database 0. */
  private KeyedOneInputStreamOperatorTestHarness<String, CommandRecord, LogRow> subtaskZeroOfTwo(
      CommandOperatorOptions options) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new CommandOperatorFactory(options, new Tallies(), store.factory()),
        CommandRecord::routingKey,
        Types.STRING,
        OperatorHarness.SHARDS,
        2,
        0);
  }

  private StreamRecord<CommandRecord> command(String aggregate, String id, String text) {
    return new StreamRecord<>(operator.command(aggregate, id, text, "caller"));
  }

  private String aggregateIn(int database) {
    for (var i = 0; ; i++) {
      if (store.databaseOf("Tally/" + i) == store.database(database)) {
        return "Tally/" + i;
      }
    }
  }

  private boolean hasParked(int database) {
    try (var session = store.openSession(database)) {
      return session.hasParkedCommands();
    }
  }

  private record Tallies() implements DomainLoader {
    @Override
    public AggregateTypes load(ClassLoader userCode) {
      return AggregateTypes.of(new TallyDomain(true));
    }
  }
}
