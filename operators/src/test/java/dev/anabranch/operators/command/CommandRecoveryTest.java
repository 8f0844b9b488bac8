package dev.anabranch.operators.command;

import static dev.anabranch.operators.command.CommandOperatorTest.assertSameAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.lane.FencedException;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.testkit.store.InMemoryDatabase.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The operator dies at each step of a command's way; the deciders toss coins, so a second decision
 * would show.
 */
class CommandRecoveryTest {

  private TestStore store;
  private OperatorHarness operator;

  @BeforeEach
  void start() throws Exception {
    store = new TestStore();
    operator = new OperatorHarness(store.factory());
  }

  @AfterEach
  void stop() throws Exception {
    operator.close();
    store.assertSound();
    store.close();
  }

  @Test
  void diesBeforeTheAppend() throws Exception {
    operator.checkpoint();
    store.databaseOf("Tally/1").setDown(true);
    operator.send("Tally/1", "c1", "coin");
    operator.crashWithoutReplay();
    assertThat(store.allRows()).isEmpty();

    store.databaseOf("Tally/1").setDown(false);
    operator.send("Tally/1", "c1", "coin");
    operator.settle();

    assertThat(store.allRows()).hasSize(1);
    assertThat(operator.replies()).hasSize(1);
  }

  @Test
  void diesAfterTheAppendAndBeforeItIsPublished() throws Exception {
    operator.handle("Tally/1", "c0", "add a");
    operator.checkpoint();
    operator.forgetOutputs();
    operator.send("Tally/1", "c1", "coin");
    waitForRows(2);
    assertThat(operator.rows()).isEmpty();

    operator.crash();
    operator.settle();

    assertThat(store.allRows()).hasSize(2);
    assertThat(operator.rows()).hasSize(1);
    assertThat(operator.rows().get(0).isIdenticalTo(store.allRows().get(1))).isTrue();
    assertThat(operator.replies()).hasSize(1);
    assertThat(operator.lastReply().backing().position())
        .isEqualTo(store.allRows().get(1).position());
  }

  @Test
  void diesAfterItIsPublishedAndBeforeTheCheckpoint() throws Exception {
    operator.checkpoint();
    var original = operator.handle("Tally/1", "c1", "coin");

    operator.crash();
    operator.settle();

    assertThat(store.allRows()).hasSize(1);
    assertSameAnswer(operator.lastReply(), original);
    assertThat(operator.rows()).hasSize(2);
    assertThat(operator.rows().get(1).isIdenticalTo(operator.rows().get(0))).isTrue();
  }

  @Test
  void diesAfterTheCheckpoint() throws Exception {
    var original = operator.handle("Tally/1", "c1", "coin");
    operator.checkpoint();

    operator.crash();
    operator.settle();
    assertThat(operator.rows()).hasSize(1);

    assertSameAnswer(operator.handle("Tally/1", "c1", "coin"), original);
  }

  @Test
  void startsFromNothingWithWhatTheStoreHas() throws Exception {
    var first = operator.handle("Tally/1", "c1", "random");
    operator.checkpoint();
    settleCheckpointRecords();
    operator.handle("Tally/1", "c2", "add b");
    operator.forgetOutputs();

    operator.restartFromNothing();
    operator.settle();
    assertSameAnswer(operator.handle("Tally/1", "c1", "random"), first);
    assertThat(operator.handle("Tally/1", "c3", "add c").body().version()).isEqualTo(3);

    assertThat(operator.rows())
        .as("published again: only what no completed checkpoint covers, and the new row")
        .extracting(row -> row.outcome().version())
        .containsExactly(2L, 3L);
  }

  /** Its records may not have reached Kafka: the sinks answer for them when it is complete. */
  @Test
  void rowsOfACheckpointThatWasNotCompletedArePublishedAgain() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.takeSnapshot();
    operator.handle("Tally/1", "c2", "add b");
    operator.forgetOutputs();

    operator.restartFromNothing();
    operator.handle("Tally/1", "c3", "add c");

    assertThat(operator.rows())
        .extracting(row -> row.outcome().version())
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void whoWasToldRejectedStaysRejectedOnARicherState() throws Exception {
    operator.checkpoint();
    var rejected = operator.handle("Tally/1", "c1", "reject-if-empty x");
    assertThat(rejected.status()).isEqualTo(ReplyStatus.REJECTED);
    operator.handle("Tally/1", "c2", "add a");

    operator.crash();
    operator.settle();

    assertSameAnswer(replyAt(2), rejected);
    assertThat(store.allRows()).hasSize(2);
  }

  @Test
  void theConnectionDiesAfterTheCommitBeforeTheAnswer() throws Exception {
    store.databaseOf("Tally/1").failNextAppends(Fault.LOSE_AFTER);

    var reply = operator.handle("Tally/1", "c1", "coin");

    assertThat(reply.repeated()).isFalse();
    assertThat(store.allRows()).hasSize(1);
    assertThat(operator.rows()).hasSize(1);
  }

  @Test
  void theConnectionDiesBeforeTheStatementArrives() throws Exception {
    store.databaseOf("Tally/1").failNextAppends(Fault.LOSE_BEFORE, Fault.LOSE_BEFORE);

    operator.handle("Tally/1", "c1", "coin");

    assertThat(store.allRows()).hasSize(1);
    assertThat(operator.rows()).hasSize(1);
  }

  @Test
  void theFirstAttemptTakesEffectAndTheConnectionIsLostTwice() throws Exception {
    store.databaseOf("Tally/1").failNextAppends(Fault.LOSE_AFTER, Fault.LOSE_AFTER);

    operator.handle("Tally/1", "c1", "coin");

    assertThat(store.allRows()).hasSize(1);
  }

  @Test
  void aSecondWriterIsFencedAndGoesOnAfterARestart() throws Exception {
    try (var other = readyZombie()) {
      operator.handle("Tally/1", "c1", "coin");

      assertThatThrownBy(() -> other.handle("Tally/1", "c2", "add b"))
          .hasStackTraceContaining(FencedException.class.getName());
      assertThat(other.replies()).isEmpty();
      assertThat(other.rows()).isEmpty();

      other.crash();
      other.settle();
      assertThat(other.lastReply().backing().position().offset()).isEqualTo(1);
      assertThatThrownBy(() -> operator.handle("Tally/1", "c3", "add c"))
          .hasStackTraceContaining(FencedException.class.getName());
    }
  }

  @Test
  void aZombieDoesNotPublishOrAnswerTheOthersRowForTheSameCommand() throws Exception {
    try (var other = readyZombie()) {
      var original = operator.handle("Tally/1", "c1", "coin");

      assertThatThrownBy(() -> other.handle("Tally/1", "c1", "coin"))
          .hasStackTraceContaining(FencedException.class.getName());
      assertThat(other.rows()).isEmpty();
      assertThat(other.replies()).isEmpty();

      other.crash();
      other.settle();
      assertSameAnswer(other.lastReply(), original);
    }
  }

  @Test
  void aStoreThatLostAcknowledgedRowsIsRefused() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.handle("Tally/1", "c2", "add b");
    operator.checkpoint();
    var last = operator.rows().get(1);
    store.databaseOf("Tally/1").loseRows(last.shard(), last.offset());

    operator.crashWithoutReplay();
    assertThatThrownBy(() -> operator.settleUntilFailure())
        .hasStackTraceContaining("lost acknowledged rows");
  }

  @Test
  void aFailoverToAReplicaThatLacksRowsIsRefusedBeforeTheNextAppend() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.handle("Tally/1", "c2", "add b");
    var last = operator.rows().get(1);
    var database = store.databaseOf("Tally/1");
    database.loseRows(last.shard(), last.offset());
    database.failNextAppends(Fault.LOSE_BEFORE);

    assertThatThrownBy(() -> operator.handle("Tally/1", "c3", "add c"))
        .hasStackTraceContaining("lost acknowledged rows");
    assertThat(store.allRows()).hasSize(1);
  }

  @Test
  void aFailoverToAStoreThatHasAnotherRowInItsPlaceIsRefusedBeforeTheNextAppend() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.handle("Tally/1", "c2", "add b");
    var last = operator.rows().get(1);
    var database = store.databaseOf("Tally/1");
    database.loseRows(last.shard(), last.offset());
    try (var forking = new OperatorHarness(store.factory())) {
      forking.handle("Tally/1", "c9", "add other");
    }
    database.failNextAppends(Fault.LOSE_BEFORE);

    assertThatThrownBy(() -> operator.handle("Tally/1", "c3", "add c"))
        .hasStackTraceContaining("lost acknowledged rows");
    assertThat(store.allRows()).hasSize(2);
  }

  @Test
  void anotherStoreIsRefused() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    try (var otherStore = new TestStore()) {
      operator.useStore(otherStore.factory());
      operator.crashWithoutReplay();

      assertThatThrownBy(() -> operator.settleUntilFailure())
          .hasStackTraceContaining("configure the original databases");
    }
  }

  @Test
  void commandsOfAnUnreachableDatabaseAreCheckpointedUndecided() throws Exception {
    operator.close();
    operator =
        new OperatorHarness(
            store.factory(),
            OperatorHarness.options(
                new Batching(1, 50, 1 << 20, 200, 1 << 24), Duration.ofMillis(50)));
    var away = aggregateIn(0);
    var here = aggregateIn(1);
    operator.handle(away, "c0", "add x");
    store.database(0).setDown(true);
    operator.send(away, "c1", "coin");
    operator.send(away, "c2", "coin");
    operator.send(here, "c3", "coin");

    operator.checkpoint();
    assertThat(operator.replies()).extracting(CommandReply::commandId).contains("c3");
    operator.crashWithoutReplay();
    operator.send(here, "c4", "add d");
    operator.pumpUntil(() -> operator.replies().size() == 3);
    assertThat(operator.lastReply().commandId()).isEqualTo("c4");

    store.database(0).setDown(false);
    operator.settle();
    assertThat(operator.replies())
        .extracting(CommandReply::commandId)
        .containsExactly("c0", "c3", "c4", "c1", "c2");
    operator.checkpoint();
    operator.crashWithoutReplay();
    operator.settle();
    assertThat(operator.replies()).hasSize(5);
  }

  @Test
  void aClientThatAsksAgainAndAgainDuringAnOutageWaitsOnce() throws Exception {
    operator.close();
    operator =
        new OperatorHarness(
            store.factory(),
            OperatorHarness.options(
                new Batching(1, 10, 1 << 20, 20, 1 << 24), Duration.ofMillis(50)));
    var away = aggregateIn(0);
    operator.handle(away, "c0", "add x");
    store.database(0).setDown(true);
    // Three times as often as commands may be pending: taking each in would block the task.
    for (var i = 0; i < 60; i++) {
      operator.send(operator.command(away, "c1", "coin", "caller-1"));
      operator.send(operator.command(away, "c2", "throw", "caller-2"));
    }
    operator.checkpoint();
    operator.forgetOutputs();
    operator.crashWithoutReplay();
    for (var i = 0; i < 60; i++) {
      operator.send(operator.command(away, "c1", "coin", "caller-1"));
    }
    operator.send(operator.command(away, "c1", "coin", "caller-3"));

    store.database(0).setDown(false);
    operator.settle();

    assertThat(operator.replies())
        .extracting(reply -> new String(reply.target().correlationId(), StandardCharsets.UTF_8))
        .containsExactlyInAnyOrder("caller-1", "caller-2", "caller-3");
  }

  @Test
  void whileCommandsAreParkedTheStoreSaysSo() throws Exception {
    operator.close();
    operator =
        new OperatorHarness(
            store.factory(),
            OperatorHarness.options(
                new Batching(1, 50, 1 << 20, 200, 1 << 24), Duration.ofMillis(50)));
    operator.handle(aggregateIn(1), "c0", "add x");
    store.database(0).setDown(true);
    operator.send(aggregateIn(0), "c1", "coin");
    operator.checkpoint();
    operator.pumpUntil(() -> hasParked(1));

    store.database(0).setDown(false);
    operator.settle();
    operator.checkpoint();
    operator.pumpUntil(() -> !hasParked(1) && !hasParked(0));
  }

  @Test
  void aStoredEventWhoseFoldThrowsParksOnlyItsAggregate() throws Exception {
    operator.handle("Tally/1", "c1", "add " + TallyDomain.UNFOLDABLE);
    operator.handle("Tally/2", "c1", "add fine");

    operator.release(new TallyDomain(false));
    operator.restartFromNothing();
    var parked = operator.handle("Tally/1", "c2", "add b");
    assertThat(parked.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(parked.body().code()).isEqualTo(ErrorCodes.BROKEN);
    assertThat(operator.handle("Tally/2", "c2", "add b").body().version()).isEqualTo(2);
    assertThat(operator.handle("Tally/1", "c1", "throw").status())
        .as("a repeat still gets its original answer")
        .isEqualTo(ReplyStatus.ACCEPTED);
    operator.checkpoint();

    operator.release(new TallyDomain(true));
    operator.crashWithoutReplay();
    var mended = operator.handle("Tally/1", "c3", "result b");
    assertThat(new String(mended.body().result(), StandardCharsets.UTF_8))
        .isEqualTo("was:," + TallyDomain.UNFOLDABLE);
    assertThat(mended.body().version()).isEqualTo(2);
  }

  @Test
  void aRepeatWhoseStoredOutcomeIsDamagedGetsAnErrorAndStopsNothing() throws Exception {
    operator.close();
    var key = AggregateKey.parse("Tally/1");
    var shard = Shards.shardOf("Tally/1", OperatorHarness.SHARDS);
    byte[] unreadable = {99, 1, 2, 3};
    var damaged =
        new Outcome(
            RowKind.REJECTED,
            key,
            Outcome.NO_VERSION,
            "c1",
            "",
            null,
            new Stamp(1, 1, 1),
            new Blobs(Blobs.EMPTY, Blobs.EMPTY, unreadable, Blobs.EMPTY));
    try (var session = store.openSession(shard < OperatorHarness.SHARDS / 2 ? 0 : 1)) {
      assertThat(session.append(List.of(damaged.at(shard, 0)))).isInstanceOf(Appended.class);
    }
    operator = new OperatorHarness(store.factory());

    var reply = operator.handle("Tally/1", "c1", "add a");

    assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(reply.body().code()).isEqualTo(ErrorCodes.DAMAGED);
    assertThat(reply.body().message()).contains(shard + "@0");
    assertThat(operator.handle("Tally/1", "c2", "add b").status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(store.allRows()).hasSize(2);
  }

  /** A second operator on the same store, which has read the tail of the shard of Tally/1. */
  private OperatorHarness readyZombie() throws Exception {
    var zombie = new OperatorHarness(store.factory());
    zombie.handle(neighbourOf("Tally/1"), "warm-up", "add x");
    zombie.forgetOutputs();
    return zombie;
  }

  /** An aggregate of the same lane in another shard. */
  private String neighbourOf(String aggregate) {
    for (var i = 2; ; i++) {
      var other = "Tally/" + i;
      if (store.databaseOf(other) == store.databaseOf(aggregate)
          && Shards.shardOf(other, OperatorHarness.SHARDS)
              != Shards.shardOf(aggregate, OperatorHarness.SHARDS)) {
        return other;
      }
    }
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

  private void settleCheckpointRecords() throws Exception {
    operator.pumpUntil(() -> store.publishedShards() > 0);
  }

  private void waitForRows(int count) throws Exception {
    var deadline = System.nanoTime() + OperatorHarness.PATIENCE.toNanos();
    while (store.allRows().size() < count && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(store.allRows()).hasSize(count);
  }

  private CommandReply replyAt(int index) {
    return operator.replies().get(index);
  }
}
