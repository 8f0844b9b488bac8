package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.testkit.store.InMemoryDatabase.Fault;
import java.util.List;
import org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that lacks rows which were acknowledged: refused for as long as they are missing. */
class LostRowsTest {

  private static final String REFUSED = "lost acknowledged rows";

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
  void aStoreThatLostAcknowledgedRowsStaysRefusedAfterARestart() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    var told = lose("c2");
    store.databaseOf("Tally/1").failNextAppends(Fault.LOSE_BEFORE);
    refusedWhile(() -> operator.handle("Tally/1", "c3", "add c"));

    operator.crash();
    refusedWhile(() -> operator.settleUntilFailure());
    operator.crash();
    refusedWhile(() -> operator.settleUntilFailure());

    assertThat(operator.rows().stream().filter(r -> r.position().equals(told)).distinct())
        .as("rows under the lost offset")
        .hasSize(1);
  }

  @Test
  void itIsNotStartedAgainByFlink() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    lose("c2");
    operator.crashWithoutReplay();

    assertThatThrownBy(() -> operator.settleUntilFailure())
        .satisfies(e -> assertThat(ExecutionFailureHandler.isUnrecoverableError(e)).isTrue())
        .satisfies(
            e ->
                assertThat(
                        ExecutionFailureHandler.isUnrecoverableError(
                            new RuntimeException("of the task", e)))
                    .isTrue());
  }

  @Test
  void aStartFromNothingRefusesItByTheEventsTopic() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    lose("c2");

    operator.restartFromNothing();

    refusedWhile(() -> operator.settleUntilFailure());
    assertThat(operator.topic().read()).isPositive();
  }

  @Test
  void whatAnAttemptHasMissedIsKnownWhereTheTopicIsAway() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    lose("c2");
    store.databaseOf("Tally/1").failNextAppends(Fault.LOSE_BEFORE);
    refusedWhile(() -> operator.handle("Tally/1", "c3", "add c"));
    operator.topic().setAway(true);

    operator.restartFromNothing();

    refusedWhile(() -> operator.settleUntilFailure());
  }

  @Test
  void whereNothingProvesALossTheStartGoesOn() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.topic().setAway(true);

    operator.restartFromNothing();

    assertThat(operator.handle("Tally/1", "c2", "add b").status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  @Test
  void aRowInPlaceOfAnAcknowledgedOneIsRefusedToo() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    lose("c2");
    try (var forking = new OperatorHarness(store.factory())) {
      forking.handle("Tally/1", "c3", "add other");
    }

    operator.restartFromNothing();

    refusedWhile(() -> operator.settleUntilFailure());
  }

  @Test
  void rowsThatAreBroughtBackEndTheRefusal() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    operator.handle("Tally/1", "c2", "add b");
    var row = operator.rows().get(1);
    lose(row.position());
    operator.restartFromNothing();
    refusedWhile(() -> operator.settleUntilFailure());

    try (var session = store.openSession(databaseOf(row.shard()))) {
      var unused = session.append(List.of(row));
    }
    operator.restartFromNothing();

    assertThat(operator.handle("Tally/1", "c3", "add c").status()).isEqualTo(ReplyStatus.ACCEPTED);
    store.assertSound();
  }

  @Test
  void aLossThatAPersonHasAcceptedLetsTheStartGoOn() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    var told = lose("c2");
    operator.crashWithoutReplay();
    refusedWhile(() -> operator.settleUntilFailure());

    accept(told);
    operator.crashWithoutReplay();

    assertThat(operator.handle("Tally/1", "c4", "add d").status()).isEqualTo(ReplyStatus.ACCEPTED);
    operator.restartFromNothing();
    assertThat(operator.handle("Tally/1", "c5", "add e").status()).isEqualTo(ReplyStatus.ACCEPTED);
    store.assertSound();
  }

  @Test
  void aCheckpointWithRowsWhoseLossWasAcceptedIsRefused() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    var told = operator.handle("Tally/1", "c2", "random").backing().position();
    operator.checkpoint();
    lose(told);
    accept(told);

    operator.crashWithoutReplay();

    assertThatThrownBy(() -> operator.settleUntilFailure())
        .hasStackTraceContaining("whose loss somebody has accepted");
  }

  @Test
  void whatIsLostAfterALossWasAcceptedIsRefusedAgain() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    accept(lose("c2"));
    operator.crashWithoutReplay();
    var second = operator.handle("Tally/1", "c4", "add d").backing().position();
    lose(second);

    operator.restartFromNothing();

    refusedWhile(() -> operator.settleUntilFailure());
  }

  /** Neither the topic nor a checkpoint tells of it: the note in the database is all there is. */
  @Test
  void anAcceptanceWhoseClockIsAheadHidesNoLaterLoss() throws Exception {
    operator.handle("Tally/1", "c1", "add a");
    operator.checkpoint();
    var tomorrow = (System.currentTimeMillis() + 86_400_000) * 1_000;
    accept(lose("c2"), tomorrow);
    operator.crashWithoutReplay();
    operator.handle("Tally/1", "c4", "add d");
    lose("c5");
    store.databaseOf("Tally/1").failNextAppends(Fault.LOSE_BEFORE);
    refusedWhile(() -> operator.handle("Tally/1", "c6", "add f"));

    operator.topic().setAway(true);
    operator.restartFromNothing();

    refusedWhile(() -> operator.settleUntilFailure());
  }

  @Test
  void aStartReadsTheTopicFromTheBookmarkOn() throws Exception {
    for (var i = 0; i < 10; i++) {
      operator.handle("Tally/1", "c" + i, "add a");
    }
    operator.checkpoint();
    var shard = operator.rows().get(0).shard();
    operator.pumpUntil(() -> hasBookmark(shard));
    operator.handle("Tally/1", "last", "add a");

    operator.restartFromNothing();
    operator.handle("Tally/1", "next", "add a");

    assertThat(operator.topic().read()).as("records that the start has read").isEqualTo(1);
  }

  @Test
  void aRegionRefusesCommandsOnceAPeerHasMoreOfItsCommits() throws Exception {
    var all = List.of("a", "b");
    try (var a = new RegionHarness("a", all);
        var b = new RegionHarness("b", all)) {
      for (var i = 1; i <= 3; i++) {
        a.handle("Auto/1", "c" + i, "add " + i);
      }
      b.receiveAll(a);
      var lost = a.commits().get(1).position();
      a.store().databaseOf("Auto/1").loseRows(lost.shard(), lost.offset());
      a.operator().topic().setAway(true);
      a.operator().restartFromNothing();
      a.operator().settle();

      a.receive(b.commits().get(1), "b");

      refusedWhile(() -> a.operator().settleUntilFailure());
      a.operator().restartFromNothing();
      refusedWhile(() -> a.operator().settleUntilFailure());
      assertThat(a.commits()).hasSize(1);
    }
  }

  @Test
  void aRestoredRegionGivesNoDotTwice() throws Exception {
    var all = List.of("a", "b");
    try (var a = new RegionHarness("a", all)) {
      for (var i = 1; i <= 3; i++) {
        a.handle("Auto/1", "c" + i, "add " + i);
      }
      var lost = a.commits().get(1).position();
      a.store().databaseOf("Auto/1").loseRows(lost.shard(), lost.offset());

      a.operator().restartFromNothing();

      refusedWhile(() -> a.handle("Auto/1", "new-1", "add new-1"));
      assertThat(a.commits()).hasSize(1);
    }
  }

  @Test
  void whatPeersHaveIsTakenBackOnceTheLossWasAccepted() throws Exception {
    var all = List.of("a", "b");
    try (var a = new RegionHarness("a", all);
        var b = new RegionHarness("b", all)) {
      for (var i = 1; i <= 2; i++) {
        a.handle("Auto/1", "c" + i, "add " + i);
      }
      b.receiveAll(a);
      var lost = a.commits().get(1).position();
      a.store().databaseOf("Auto/1").loseRows(lost.shard(), lost.offset());
      try (var session = a.store().openSession(databaseOf(lost.shard()))) {
        session.acceptLoss(
            new AcceptedLoss(
                lost.shard(),
                lost.offset(),
                lost.offset() + 1,
                a.operator().topic().end(lost.shard()),
                "somebody",
                "b has it",
                1));
      }
      a.operator().restartFromNothing();

      a.receiveAll(b);

      assertThat(a.read("Auto/1", "r1")).isEqualTo(b.read("Auto/1", "r2"));
    }
  }

  private boolean hasBookmark(int shard) {
    try (var session = store.openSession(databaseOf(shard))) {
      return !session.bookmarks(List.of(shard)).isEmpty();
    }
  }

  private static int databaseOf(int shard) {
    return shard * 2 / OperatorHarness.SHARDS;
  }

  /** Has the command answered and published, then loses its row. */
  private LogPosition lose(String commandId) throws Exception {
    CommandReply told = operator.handle("Tally/1", commandId, "random");
    lose(told.backing().position());
    return told.backing().position();
  }

  private void lose(LogPosition from) {
    store.databaseOf("Tally/1").loseRows(from.shard(), from.offset());
  }

  private void accept(LogPosition lost) {
    accept(lost, System.currentTimeMillis() * 1_000);
  }

  private void accept(LogPosition lost, long atMicros) {
    try (var session = store.openSession(databaseOf(lost.shard()))) {
      session.acceptLoss(
          new AcceptedLoss(
              lost.shard(),
              lost.offset(),
              lost.offset() + 1,
              operator.topic().end(lost.shard()),
              "somebody",
              "the old primary is gone",
              atMicros));
    }
  }

  private static void refusedWhile(org.assertj.core.api.ThrowableAssert.ThrowingCallable work) {
    assertThatThrownBy(work).hasStackTraceContaining(REFUSED);
  }
}
