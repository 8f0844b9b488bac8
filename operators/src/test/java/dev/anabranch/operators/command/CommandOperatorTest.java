package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.lane.TestStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operator's answers to single commands and to repeats; the store is the in-memory one. */
class CommandOperatorTest {

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
    store.close();
  }

  @Test
  void anAcceptedCommandMakesOneRowAndOneReply() throws Exception {
    var reply = operator.handle("Tally/1", "c1", "add one");

    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
    assertThat(reply.body().version()).isEqualTo(1);
    assertThat(operator.rows()).hasSize(1);
    assertThat(operator.rows().get(0).outcome().kind()).isEqualTo(RowKind.COMMIT);
    assertThat(operator.rows().get(0).isIdenticalTo(store.allRows().get(0))).isTrue();
    assertThat(reply.backing().position()).isEqualTo(operator.rows().get(0).position());
  }

  @Test
  void aHundredConcurrentCommandsMakeVersionsOneToAHundred() throws Exception {
    for (var i = 0; i < 100; i++) {
      operator.send("Tally/1", "c" + i, "add " + i);
    }
    operator.settle();

    assertThat(operator.replies()).hasSize(100);
    assertThat(operator.replies()).allMatch(r -> r.status() == ReplyStatus.ACCEPTED);
    assertThat(operator.rows())
        .extracting(row -> row.outcome().version())
        .isEqualTo(java.util.stream.LongStream.rangeClosed(1, 100).boxed().toList());
  }

  @Test
  void aRejectionIsADurableOutcomeWithoutVersion() throws Exception {
    var reply = operator.handle("Tally/1", "c1", "reject because");

    assertThat(reply.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(reply.body().code()).isEqualTo("no");
    assertThat(reply.body().details()).containsEntry("why", "because");
    assertThat(store.allRows()).hasSize(1);
    assertThat(store.allRows().get(0).outcome().version()).isZero();
  }

  @Test
  void nothingChangedIsADurableOutcome() throws Exception {
    assertThat(operator.handle("Tally/1", "c1", "nothing").status())
        .isEqualTo(ReplyStatus.UNCHANGED);
    assertThat(store.allRows()).hasSize(1);
  }

  @Test
  void theResultOfADecisionIsInTheReplyAndInTheRepeatsReply() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    var first = operator.handle("Tally/1", "c2", "result b");
    var repeat = operator.handle("Tally/1", "c2", "result b");

    assertThat(text(first.body().result())).isEqualTo("was:,a");
    assertThat(text(repeat.body().result())).isEqualTo("was:,a");
  }

  @Test
  void twoEventsOfOneTypeAreOneCommit() throws Exception {
    operator.handle("Tally/1", "c1", "twice x");

    assertThat(store.allRows()).hasSize(1);
    assertThat(text(operator.handle("Tally/1", "c2", "result y").body().result()))
        .isEqualTo("was:,x,x");
  }

  @Test
  void aRepeatGetsTheOriginalAnswer() throws Exception {
    var original = operator.handle("Tally/1", "c1", "coin");
    for (var i = 0; i < 10; i++) {
      assertSameAnswer(operator.handle("Tally/1", "c1", "coin"), original);
    }
    assertThat(store.allRows()).hasSize(1);
  }

  @Test
  void aRepeatBeyondTheWindowGetsTheOriginalAnswer() throws Exception {
    var accepted = operator.handle("Tally/1", "accepted", "random");
    operator.handle("Tally/2", "x", "add x");
    var rejected = operator.handle("Tally/2", "rejected", "reject once");
    for (var i = 0; i < 10; i++) {
      operator.handle("Tally/1", "more" + i, "add " + i);
      operator.handle("Tally/2", "more" + i, "add " + i);
    }
    var rows = store.allRows().size();

    assertSameAnswer(operator.handle("Tally/1", "accepted", "random"), accepted);
    assertSameAnswer(operator.handle("Tally/2", "rejected", "add now-fine"), rejected);
    assertThat(store.allRows()).hasSize(rows);
    assertThat(text(operator.handle("Tally/2", "r", "result z").body().result()))
        .isEqualTo("was:,x,0,1,2,3,4,5,6,7,8,9");
  }

  /** A window knows commands by 64 bits of their ids; these two have the same ones. */
  @Test
  void idsThatLookAlikeInTheWindowAreTwoCommands() throws Exception {
    var one = "order-\u5559\u81d8\u8bec\u83e8\u8036\u80de\u9a91\u7ae4";
    var other = "order-\u55d4\u86b2\u8853\u8cdc\u8008\u81be\u8baf\u7a94";
    assertThat(CommandWindow.hash(one)).isEqualTo(CommandWindow.hash(other));
    var original = operator.handle("Tally/1", one, "random");

    assertThat(operator.handle("Tally/1", other, "add b").body().version()).isEqualTo(2);
    assertSameAnswer(operator.handle("Tally/1", one, "random"), original);
    assertThat(store.allRows()).hasSize(2);
  }

  @Test
  void theStateIsFoldedFromWhatIsStoredNotFromWhatWasDecided() throws Exception {
    operator.handle("Trimmed/1", "c1", "add a  ");

    assertThat(text(operator.handle("Trimmed/1", "c2", "result b").body().result()))
        .isEqualTo("was:,a");
  }

  @Test
  void aRepeatOfAPendingCommandWaitsForTheSameOutcome() throws Exception {
    operator.send("Tally/1", "c1", "random");
    operator.send("Tally/1", "c1", "random");
    operator.send("Tally/1", "c1", "random");
    operator.settle();

    assertThat(store.allRows()).hasSize(1);
    assertThat(operator.replies()).hasSize(3);
    assertSameAnswer(operator.replies().get(1), operator.replies().get(0));
  }

  @Test
  void duplicateCreateWithAnotherCommandIsRejected() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.send(operator.command("Tally/1", "c2", "add b", 0));
    operator.settle();

    var reply = operator.lastReply();
    assertThat(reply.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(reply.body().code()).isEqualTo(ErrorCodes.VERSION_CONFLICT);
    assertThat(reply.body().details()).containsEntry("actual", "1").containsEntry("expected", "0");
    assertThat(store.allRows()).hasSize(2);
  }

  @Test
  void aRejectionWithoutAMessageIsAnsweredAndStoredAsAnyOther() throws Exception {
    var first = operator.handle("Tally/1", "c1", "reject-silently");
    var again = operator.handle("Tally/1", "c1", "reject-silently");

    assertThat(first.status()).isEqualTo(ReplyStatus.REJECTED);
    assertThat(first.body().code()).isEqualTo("no");
    assertThat(first.body().message()).isEmpty();
    assertSameAnswer(again, first);
    assertThat(store.allRows()).hasSize(1);
  }

  @Test
  void anExpectedVersionCountsPendingPredecessors() throws Exception {
    operator.send("Tally/1", "c1", "add a");
    operator.send(operator.command("Tally/1", "c2", "add b", 1));
    operator.settle();

    assertThat(operator.replies()).allMatch(r -> r.status() == ReplyStatus.ACCEPTED);
  }

  @Test
  void aPoisonCommandLeavesTheAggregateUnharmed() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    var poison = operator.handle("Tally/1", "c2", "throw");
    var after = operator.handle("Tally/1", "c3", "result b");

    assertThat(poison.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(poison.body().code()).isEqualTo(ErrorCodes.POISON);
    assertThat(operator.deadLetters()).hasSize(1);
    assertThat(text(after.body().result())).isEqualTo("was:,a");
    assertThat(store.allRows()).hasSize(2);
  }

  @Test
  void aRepeatThatWouldNowThrowGetsItsOriginalAnswer() throws Exception {
    var original = operator.handle("Tally/1", "c1", "add a");
    for (var i = 0; i < 6; i++) {
      operator.handle("Tally/1", "more" + i, "add b");
    }

    assertSameAnswer(operator.handle("Tally/1", "c1", "throw"), original);
    assertThat(operator.deadLetters()).isEmpty();
  }

  @Test
  void anUnknownTypeIsAnsweredAndGoesToTheDeadLetters() throws Exception {
    var reply = operator.handle("Nobody/1", "c1", "add a");

    assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(reply.body().code()).isEqualTo(ErrorCodes.UNKNOWN_TYPE);
    assertThat(operator.deadLetters()).hasSize(1);
    assertThat(store.allRows()).isEmpty();
  }

  @Test
  void aMalformedRecordIsAnsweredAndGoesToTheDeadLetters() throws Exception {
    var message = new MessageRecord(null, new byte[] {1}, List.of(RecordHeader.of("x", "y")));
    operator.send(operator.record("!unroutable/1", message));
    operator.settle();

    assertThat(operator.lastReply().status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(operator.deadLetters().get(0).record().message()).isSameAs(message);
  }

  @Test
  void anOutcomeTooLargeToPublishIsNotStored() throws Exception {
    var reply = operator.handle("Tally/1", "c1", "big 20000");

    assertThat(reply.body().code()).isEqualTo(ErrorCodes.TOO_LARGE);
    assertThat(reply.body().message()).contains("commit.max-bytes");
    assertThat(store.allRows()).isEmpty();
    assertThat(operator.handle("Tally/1", "c2", "add a").body().version()).isEqualTo(1);
  }

  @Test
  void aTransientRejectionIsNotStoredAndMayBeDecidedAgain() throws Exception {
    assertThat(operator.handle("Fleeting/1", "c1", "reject-if-empty a").status())
        .isEqualTo(ReplyStatus.REJECTED);
    assertThat(store.allRows()).isEmpty();
    operator.handle("Fleeting/1", "c2", "add a");

    assertThat(operator.handle("Fleeting/1", "c1", "reject-if-empty a").status())
        .isEqualTo(ReplyStatus.ACCEPTED);
  }

  @Test
  void typesThatShareAnIdAreDifferentAggregates() throws Exception {
    operator.handle("Tally/1", "c1", "add a");

    assertThat(operator.handle("Fleeting/1", "c1", "add a").body().version()).isEqualTo(1);
    assertThat(store.allRows()).hasSize(2);
  }

  @Test
  void idsDifferByTrailingBlankAndByCase() throws Exception {
    for (var id : List.of("a", "a ", "A", "alice", "Alice")) {
      assertThat(operator.handle("Tally/" + id, "c", "add x").body().version()).isEqualTo(1);
    }
  }

  @Test
  void anInsertWithRepeatsInItsMiddleDisturbsNoOtherRow() throws Exception {
    var originals =
        List.of(
            operator.handle("Tally/p", "old1", "random"),
            operator.handle("Tally/q", "old2", "random"),
            operator.handle("Tally/p", "old3", "random"));
    for (var i = 0; i < 5; i++) {
      operator.handle("Tally/p", "p" + i, "add p" + i);
      operator.handle("Tally/q", "q" + i, "add q" + i);
    }
    operator.checkpoint();
    operator.forgetOutputs();
    var before = store.appends();

    operator.send("Tally/z", "z", "add z");
    for (var i = 0; i < 20; i++) {
      operator.send("Tally/p", "n" + i, "add n" + i);
      operator.send("Tally/s" + i, "c", "add s");
      if (i == 10) {
        operator.send("Tally/p", "old1", "random");
        operator.send("Tally/q", "old2", "random");
        operator.send("Tally/p", "old3", "random");
      }
    }
    operator.settle();

    assertThat(operator.replies()).hasSize(44);
    assertSameAnswer(replyTo("old1"), originals.get(0));
    assertSameAnswer(replyTo("old2"), originals.get(1));
    assertSameAnswer(replyTo("old3"), originals.get(2));
    assertThat(operator.rows()).hasSize(41);
    // Per database: one insert on the idle lane, one of the rest, and that one again without
    // repeats.
    assertThat(store.appends() - before).isLessThanOrEqualTo(6);
    store.assertSound();
  }

  private CommandReply replyTo(String commandId) {
    return operator.replies().stream()
        .filter(r -> commandId.equals(r.commandId()))
        .findFirst()
        .orElseThrow();
  }

  static void assertSameAnswer(CommandReply repeat, CommandReply original) {
    assertThat(repeat.repeated()).isTrue();
    assertThat(repeat.status()).isEqualTo(original.status());
    assertThat(repeat.backing()).isEqualTo(original.backing());
    assertThat(repeat.body().code()).isEqualTo(original.body().code());
    assertThat(repeat.body().message()).isEqualTo(original.body().message());
    assertThat(repeat.body().version()).isEqualTo(original.body().version());
    assertThat(repeat.body().details()).isEqualTo(original.body().details());
    assertThat(repeat.body().result()).isEqualTo(original.body().result());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
