package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.lane.FencedException;
import dev.anabranch.operators.command.lane.TestStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whoever was told an error, or a rejection that is not stored, may rely on it: the record is not
 * executed later, whatever happens to the task.
 */
class UnbackedAnswersTest {

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
  void whoWasToldATransientRejectionIsNotAcceptedAfterACrash() throws Exception {
    operator.checkpoint();
    var told = operator.handle("Fleeting/1", "c1", "reject-if-empty a");
    assertThat(told.status()).isEqualTo(ReplyStatus.REJECTED);
    operator.handle("Fleeting/1", "c2", "add x");

    operator.crash();
    operator.settle();

    assertThat(commandsWithRows()).containsExactly("c2");
    assertThat(lastReplyTo("c1").body().code()).isEqualTo(ErrorCodes.ANSWERED_BEFORE);
  }

  @Test
  void whoWasToldAnErrorIsNotAcceptedAfterACrash() throws Exception {
    operator.checkpoint();
    assertThat(operator.handle("Tally/1", "c1", "throw-if-empty a").status())
        .isEqualTo(ReplyStatus.ERROR);
    operator.handle("Tally/1", "c2", "add x");

    operator.crash();
    operator.settle();

    assertThat(commandsWithRows()).containsExactly("c2");
    assertThat(lastReplyTo("c1").body().code()).isEqualTo(ErrorCodes.ANSWERED_BEFORE);
  }

  @Test
  void aStartThatReadsEverythingAgainExecutesNothingThatWasAnswered() throws Exception {
    var all = new ArrayList<CommandRecord>();
    for (var i = 0; i < 6; i++) {
      all.add(operator.command("Fleeting/1", "r" + i, "reject-if-empty a", "caller-" + i));
      all.add(operator.command("Fleeting/2", "r" + i, "reject-if-empty a", "caller-" + i));
    }
    all.add(operator.command("Fleeting/1", "x1", "add x", "caller"));
    all.add(operator.command("Fleeting/2", "x2", "add x", "caller"));
    for (var record : all) {
      operator.send(record);
    }
    operator.settle();
    assertThat(commandsWithRows()).containsExactlyInAnyOrder("x1", "x2");
    operator.checkpoint();

    operator.restartFromNothing();
    for (var record : all) {
      operator.send(record);
    }
    operator.settle();

    assertThat(commandsWithRows()).containsExactlyInAnyOrder("x1", "x2");
    var again = operator.command("Fleeting/1", "r1", "reject-if-empty a", "another call");
    operator.send(again);
    operator.settle();
    assertThat(operator.lastReply().status())
        .as("what is sent after the answer is a repeat, and is decided")
        .isEqualTo(ReplyStatus.ACCEPTED);
  }

  /**
   * The strictest schedule: a restart after every record, in turn from nothing and a checkpoint.
   */
  @Test
  void restartsAfterEveryRecordExecuteNothingThatWasAnswered() throws Exception {
    var told = new ArrayList<String>();
    var all = new ArrayList<CommandRecord>();
    for (var i = 0; i < 30; i++) {
      var text = i % 3 == 1 ? "add x" : i % 3 == 0 ? "reject-if-empty a" : "throw";
      var record = operator.command("Fleeting/" + i / 3, "c" + i, text, "caller-" + i);
      all.add(record);
      operator.send(record);
      operator.settle();
      if (operator.lastReply().backing() == null) {
        told.add("c" + i);
      }
      if (i % 2 == 0) {
        operator.checkpoint();
        operator.crash();
      } else {
        operator.restartFromNothing();
        for (var earlier : all) {
          operator.send(earlier);
        }
      }
      operator.settle();
    }

    assertThat(told).hasSize(20);
    assertThat(commandsWithRows()).doesNotContainAnyElementsOf(told).hasSize(10);
  }

  @Test
  void aCopyThatWasInTheTopicBeforeTheAnswerGetsTheSameAnswer() throws Exception {
    var sent = operator.command("Fleeting/1", "c1", "reject-if-empty a", "caller-1");
    operator.send(sent);
    operator.settle();
    assertThat(operator.lastReply().status()).isEqualTo(ReplyStatus.REJECTED);
    operator.handle("Fleeting/1", "c2", "add x");

    operator.send(sent); // the client's second attempt
    operator.settle();
    assertThat(operator.lastReply().status()).isEqualTo(ReplyStatus.REJECTED);

    operator.send(
        at(operator.command("Fleeting/1", "c1", "reject-if-empty a", "caller-2"), minutes(-1)));
    operator.settle();
    assertThat(operator.lastReply().status())
        .as("of another call, and older than the answer")
        .isEqualTo(ReplyStatus.REJECTED);

    operator.send(
        at(operator.command("Fleeting/1", "c1", "reject-if-empty a", "caller-3"), minutes(1)));
    operator.settle();
    assertThat(operator.lastReply().status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  @Test
  void aCopyThatComesWhileTheAnswerIsOnItsWayGetsTheSameAnswer() throws Exception {
    operator.handle("Fleeting/1", "c0", "nothing");
    operator.send(operator.command("Fleeting/1", "c1", "reject-if-empty a", "caller-1"));
    operator.send(operator.command("Fleeting/1", "c2", "add x", "caller-2"));
    operator.send(operator.command("Fleeting/1", "c1", "reject-if-empty a", "caller-3"));
    operator.settle();

    assertThat(operator.replies().stream().filter(r -> "c1".equals(r.commandId())))
        .hasSize(2)
        .allMatch(reply -> reply.status() == ReplyStatus.REJECTED);
    assertThat(commandsWithRows()).containsExactly("c0", "c2");
  }

  @Test
  void anErrorIsNotToldOnAStateThatNeverWas() throws Exception {
    operator.handle("Tally/1", "old", "big 4500");
    for (var i = 0; i < 5; i++) {
      operator.handle("Tally/1", "more" + i, "add b"); // "old" leaves the window of four
    }
    operator.forgetOutputs();

    operator.send("Tally/1", "old", "big 4500"); // a repeat: it changes nothing
    operator.send("Tally/1", "next", "result z"); // too large only if "old" counted twice
    operator.send("Tally/1", "after", "add z");
    operator.settle();

    assertThat(lastReplyTo("old").repeated()).isTrue();
    assertThat(lastReplyTo("next").status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(lastReplyTo("after").body().version()).isEqualTo(8);
    assertThat(operator.deadLetters()).isEmpty();
  }

  @Test
  void aTransientRejectionIsToldAfterTheStateThatItShowsIsDurable() throws Exception {
    var away = new String[] {"Fleeting/1"};
    operator.handle(away[0], "c0", "nothing");
    operator.forgetOutputs();
    store.databaseOf(away[0]).setDown(true);
    operator.send(away[0], "c1", "add x");
    operator.send(away[0], "c2", "reject");
    operator.pump();
    assertThat(operator.replies()).isEmpty();

    store.databaseOf(away[0]).setDown(false);
    operator.settle();

    assertThat(operator.replies()).extracting(CommandReply::commandId).containsExactly("c1", "c2");
    assertThat(operator.lastReply().body().version()).isEqualTo(1);
  }

  @Test
  void whoIsNotUpToDateDoesNotAnswerFromARowThatItHasNotFolded() throws Exception {
    try (var late = new OperatorHarness(store.factory())) {
      late.handle(neighbourOf("Tally/1"), "warm-up", "add x"); // has read the tail
      late.forgetOutputs();
      operator.handle("Tally/1", "c1", "add a"); // as an insert of a killed attempt, late

      assertThatThrownBy(() -> late.handle("Tally/1", "c1", "throw"))
          .hasStackTraceContaining(FencedException.class.getName());
      assertThat(late.replies()).isEmpty();
    }
  }

  /** The row is of a repeat that was sent after the answer, and decided by a later attempt. */
  @Test
  void whoIsNotUpToDateAnswersARecordThatWasAnsweredFromNoRowThatItHasNotFolded() throws Exception {
    var record = operator.command("Tally/1", "c1", "throw", "caller");
    operator.send(record);
    operator.settle();
    assertThat(operator.lastReply().status()).isEqualTo(ReplyStatus.ERROR);
    try (var late = new OperatorHarness(store.factory())) {
      late.handle(neighbourOf("Tally/1"), "warm-up", "add x"); // has read the tail, and the marks
      late.forgetOutputs();
      operator.restartFromNothing();
      operator.settle();
      assertThat(operator.handle("Tally/1", "c1", "add a").status())
          .isEqualTo(ReplyStatus.ACCEPTED);

      assertThatThrownBy(
              () -> {
                late.send(record);
                late.settle();
              })
          .hasStackTraceContaining(FencedException.class.getName());
      assertThat(late.replies()).isEmpty();
    }
  }

  @Test
  void aZombieGivesNoErrorOnceALaterAttemptOwnsTheShard() throws Exception {
    operator.handle("Tally/1", "c0", "add x");
    operator.forgetOutputs();
    try (var later = new OperatorHarness(store.factory())) {
      later.handle(neighbourOf("Tally/1"), "warm-up", "add x");

      assertThatThrownBy(() -> operator.handle("Tally/1", "c1", "throw"))
          .hasStackTraceContaining("a later attempt has taken over");
      assertThat(operator.replies()).isEmpty();
      assertThat(operator.deadLetters()).isEmpty();
    }
  }

  /** One that was taken for dead begins late, and takes back the right to answer. */
  @Test
  void whatAnotherLiveAttemptAnswersWhileTheTailIsReadIsNotExecuted() throws Exception {
    var held = new HeldCallStore(store.factory(), "heads");
    try (var later = new OperatorHarness(held)) {
      held.awaitCall();
      var command = operator.command("Fleeting/1", "r1", "reject-if-empty a", "caller");
      try (var slow = new OperatorHarness(store.factory())) {
        slow.send(command);
        slow.settle();
        assertThat(slow.lastReply().status()).isEqualTo(ReplyStatus.REJECTED);
      }
      held.goOn();

      later.send(operator.command("Fleeting/1", "x1", "add x", "caller"));
      later.send(command);
      later.settle();
    }

    assertThat(commandsWithRows()).containsExactly("x1");
  }

  /** As an insert that hung in the server while its attempt was killed. */
  @Test
  void anInsertOfAnEarlierAttemptCantComeAfterAnErrorWasTold() throws Exception {
    try (var later = new OperatorHarness(store.factory())) {
      assertThat(later.handle("Tally/1", "c1", "throw").status()).isEqualTo(ReplyStatus.ERROR);
      assertThat(later.fences()).hasSize(1);
      assertThat(later.handle("Tally/1", "c2", "throw").status()).isEqualTo(ReplyStatus.ERROR);
      assertThat(later.fences()).as("one for each shard and attempt").hasSize(1);

      operator.settle();
      assertThatThrownBy(() -> operator.handle("Tally/1", "c1", "add a"))
          .hasStackTraceContaining(FencedException.class.getName());
      assertThat(commandsWithRows()).isEmpty();

      later.restartFromNothing();
      later.settle();
      assertThat(later.handle("Tally/1", "c3", "add b").body().version()).isEqualTo(1);
    }
  }

  @Test
  void anErrorWaitsForARecordInFrontOfItThatHasNoAnswerYet() throws Exception {
    operator.close();
    operator =
        new OperatorHarness(
            store.factory(),
            OperatorHarness.options(
                new Batching(1, 50, 1 << 20, 200, 1 << 24), Duration.ofMillis(50)));
    var aggregate = "Tally/1";
    operator.handle(aggregate, "c0", "add x");
    operator.checkpoint();
    store.databaseOf(aggregate).setDown(true);
    operator.send(aggregate, "c1", "add y");
    operator.send(sameShardAs(aggregate), "c2", "throw");
    operator.crash();

    store.databaseOf(aggregate).setDown(false);
    operator.settle();

    assertThat(commandsWithRows()).containsExactly("c0", "c1");
    operator.restartFromNothing();
    operator.settle();
    assertThat(lastReplyTo("c2").status()).isEqualTo(ReplyStatus.ERROR);
  }

  /** A mark says "all up to here": what is in front and not durable yet would be passed over. */
  @Test
  void anErrorIsToldWhenItsMarkIsThereThoughOthersInFrontOfItAreOnTheirWay() throws Exception {
    var aggregate = "Tally/1";
    var empty = sameShardAs(aggregate);
    operator.handle(aggregate, "c0", "add x");
    operator.checkpoint();
    operator.send(aggregate, "c1", "add y");
    operator.send(aggregate, "c2", "add z"); // goes when c1 is durable, after c3 was looked up
    operator.send(empty, "c3", "throw-if-empty a");
    operator.settle();
    assertThat(lastReplyTo("c3").status()).isEqualTo(ReplyStatus.ERROR);
    operator.handle(empty, "c4", "add b");

    operator.crash();
    operator.settle();

    assertThat(commandsWithRows()).containsExactlyInAnyOrder("c0", "c1", "c2", "c4");
    assertThat(lastReplyTo("c3").body().code()).isEqualTo(ErrorCodes.ANSWERED_BEFORE);
  }

  /** A copy of y is behind u2, and y itself is in front of x: so x has to wait, too. */
  @Test
  void anErrorWaitsForAnotherInFrontOfItWhoseCopyWaitsInAnotherPartition() throws Exception {
    operator.useOptions(
        OperatorHarness.options(new Batching(1, 1, 1 << 20, 200, 1 << 24), Duration.ofSeconds(20)));
    operator.crash();
    var aggregate = "Tally/1";
    operator.send(in(1, 0, aggregate, "c1", "add a"));
    operator.send(in(1, 3, aggregate, "y", "throw")); // It is looked up when c1 is durable.
    operator.send(in(0, 1, aggregate, "u1", "add b"));
    operator.send(in(0, 2, aggregate, "u2", "add c"));
    operator.send(in(0, 10, aggregate, "y", "throw"));
    operator.send(in(1, 7, sameShardAs(aggregate), "x", "throw")); // It is looked up at once.

    operator.settle();

    assertThat(operator.replies())
        .extracting(CommandReply::commandId)
        .containsExactlyInAnyOrder("c1", "y", "u1", "u2", "y", "x")
        .containsSubsequence("u2", "x");
  }

  private CommandRecord in(
      int partition, long offset, String aggregate, String commandId, String text) {
    var any = operator.command(aggregate, commandId, text, CommandEnvelope.ANY_VERSION);
    return new CommandRecord(
        any.routingKey(), any.message(), new SourcePosition("commands.a", partition, offset, 0));
  }

  @Test
  void aMalformedRecordIsRefusedOnceMoreAfterACrashAndLeavesNoRow() throws Exception {
    operator.checkpoint();
    var broken =
        operator.record(
            "Tally/1",
            new MessageRecord(
                "Tally/1".getBytes(StandardCharsets.UTF_8),
                new byte[0],
                List.of(RecordHeader.of("ce_specversion", "1.0"))));
    operator.send(broken);
    operator.settle();
    assertThat(operator.deadLetters()).hasSize(1);

    operator.crash();
    operator.settle();

    assertThat(operator.deadLetters()).hasSize(2);
    assertThat(store.everyRow()).isEmpty();
  }

  private List<String> commandsWithRows() {
    return store.allRows().stream().map(LogRow::outcome).map(o -> o.commandId()).toList();
  }

  private CommandReply lastReplyTo(String commandId) {
    return operator.replies().stream()
        .filter(reply -> commandId.equals(reply.commandId()))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static CommandRecord at(CommandRecord record, long timestampMillis) {
    var source = record.source();
    return new CommandRecord(
        record.routingKey(),
        record.message(),
        new SourcePosition(source.topic(), source.partition(), source.offset(), timestampMillis));
  }

  private static long minutes(long fromNow) {
    return System.currentTimeMillis() + Duration.ofMinutes(fromNow).toMillis();
  }

  private String sameShardAs(String aggregate) {
    for (var i = 2; ; i++) {
      if (shardOf("Tally/" + i) == shardOf(aggregate)) {
        return "Tally/" + i;
      }
    }
  }

  /** An aggregate of the same lane in another shard. */
  private String neighbourOf(String aggregate) {
    for (var i = 2; ; i++) {
      var other = "Tally/" + i;
      if (store.databaseOf(other) == store.databaseOf(aggregate)
          && shardOf(other) != shardOf(aggregate)) {
        return other;
      }
    }
  }

  private static int shardOf(String aggregate) {
    return Shards.shardOf(aggregate, OperatorHarness.SHARDS);
  }
}
