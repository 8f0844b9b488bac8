package dev.anabranch.connectors.mysql;

import static dev.anabranch.testkit.query.QueryDatabaseConformance.PROJECTION;
import static dev.anabranch.testkit.query.QueryDatabaseConformance.THINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.mysql.query.MySqlQueryDatabase;
import dev.anabranch.connectors.mysql.query.ParkedRows;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.projection.RowChange;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.ApplyResult.Applied;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.ShardAdvance;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches cut off at each of their statements, and batches of two writers that meet. */
class ProjectionFaultsITCase {

  private static final VersionId V1 = new VersionId("conformance", 1);
  private static final long WRITER = 7;

  private final TestQueries queries = new TestQueries();
  private MySqlQueryDatabase database;
  private QuerySession session;

  @BeforeEach
  void openSession() {
    var unused = queries.tables().begin(PROJECTION);
    database = queries.open();
    session = database.open();
    assertThat(session.claim(V1, List.of(0, 1, 2, 3), WRITER)).isPresent();
  }

  @AfterEach
  void close() {
    database.close();
    queries.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete from `things_v1`",
        "insert into `things_v1`",
        "update projection_position",
        "commit"
      })
  void aBatchCutOffAtAnyStatementIsAppliedOnce(String request) throws Exception {
    apply(0, 1, THINGS.row("a", 1).add("amount", 1), THINGS.row("b", 1));
    var batch = batch(0, 1, 3, THINGS.row("a", 1).add("amount", 10), THINGS.row("b", 1).delete());

    queries.proxy().dropResponseTo(request);
    assertThat(session.apply(batch)).isInstanceOf(ApplyResult.Unknown.class);
    assertThat(session.apply(batch)).isInstanceOf(ApplyResult.Unknown.class);
    session = database.reopen(session);

    assertThat(session.apply(batch)).isInstanceOf(Applied.class);
    assertThat(session.apply(batch)).isInstanceOf(Applied.class);
    assertThat(queries.row(V1, THINGS, "a", 1)).containsEntry("amount", 11L);
    assertThat(queries.row(V1, THINGS, "b", 1)).isNull();
    apply(3, 4, THINGS.row("a", 1).add("amount", 100));
    assertThat(queries.row(V1, THINGS, "a", 1)).containsEntry("amount", 111L);
  }

  @Test
  void aRepeatThatIsCutOffWhileItLooksAtThePositionsIsAppliedOnce() throws Exception {
    var batch = batch(0, 0, 2, THINGS.row("a", 1).add("amount", 10));
    assertThat(session.apply(batch)).isInstanceOf(Applied.class);

    queries.proxy().dropResponseTo("select shard, next_offset");
    assertThat(session.apply(batch)).isInstanceOf(ApplyResult.Unknown.class);
    session = database.reopen(session);

    assertThat(session.apply(batch)).isInstanceOf(Applied.class);
    assertThat(queries.row(V1, THINGS, "a", 1)).containsEntry("amount", 10L);
  }

  @Test
  void aBatchThatTheServerStillRunsEndsBeforeTheNextSessionStarts() throws Exception {
    apply(0, 1, THINGS.row("a", 1).add("amount", 1));
    try (var other = TestServer.connect(queries.schema());
        var observer = TestServer.connect(queries.schema())) {
      other.setAutoCommit(false);
      TestSql.execute(other, "UPDATE things_v1 SET amount = amount WHERE name = 'a'");
      var batch = batch(0, 1, 2, THINGS.row("a", 1).add("amount", 10));
      var waiting = session;
      var apply = Background.start(() -> waiting.apply(batch));
      Background.awaitNumber(observer, Background.LOCK_WAITS, 1);

      queries.proxy().cut();
      assertThat(Background.await(apply)).isInstanceOf(ApplyResult.Unknown.class);
      queries.proxy().heal();
      session = database.reopen(session);
      other.rollback();

      assertThat(session.apply(batch)).isInstanceOf(Applied.class);
    }
    assertThat(queries.row(V1, THINGS, "a", 1)).containsEntry("amount", 11L);
  }

  @Test
  void aClaimWaitsForTheBatchThatIsUnderWay() throws Exception {
    try (var other = TestServer.connect(queries.schema());
        var observer = TestServer.connect(queries.schema())) {
      apply(0, 1, THINGS.row("a", 1).add("amount", 1));
      other.setAutoCommit(false);
      TestSql.execute(other, "UPDATE things_v1 SET amount = amount WHERE name = 'a'");
      var batch = batch(0, 1, 2, THINGS.row("a", 1).add("amount", 10));
      var first = session;
      var apply = Background.start(() -> first.apply(batch));
      Background.awaitNumber(observer, Background.LOCK_WAITS, 1);
      try (var second = database.open()) {
        var claim = Background.start(() -> second.claim(V1, List.of(0), 99));
        Background.awaitNumber(observer, Background.LOCK_WAITS, 2);
        other.rollback();

        assertThat(Background.await(apply)).isInstanceOf(Applied.class);
        assertThat(Background.await(claim).orElseThrow()).containsEntry(0, 2L);
      }
    }
    assertThat(session.apply(batch(0, 2, 3))).isInstanceOf(ApplyResult.Fenced.class);
  }

  @Test
  void writersThatMeetInTheSameRowsLoseNothing() throws Exception {
    var writers = 4;
    var rounds = 60;
    var runs = new ArrayList<CompletableFuture<Void>>();
    for (var writer = 0; writer < writers; writer++) {
      var shard = writer;
      runs.add(CompletableFuture.runAsync(() -> addRandomly(shard, rounds)));
    }
    for (var run : runs) {
      run.join();
    }

    var sum = 0L;
    for (var row : queries.view(THINGS)) {
      sum += Long.parseLong(String.valueOf(row.get("amount")));
    }
    assertThat(sum).isEqualTo((long) writers * rounds * 20);
  }

  /** Each batch adds 20 in all, to rows that the others add to, in an order of its own. */
  private void addRandomly(int shard, int rounds) {
    var random = new Random(shard);
    try (var own = database.open()) {
      own.claim(V1, List.of(shard), 1_000 + shard);
      for (var round = 0L; round < rounds; round++) {
        var changes = new java.util.LinkedHashMap<RowChange.RowId, RowChange>();
        for (var i = 0; i < 20; i++) {
          var change = THINGS.row("k" + random.nextInt(15), 1).add("amount", 1);
          change = random.nextInt(3) == 0 ? change.set("label", "l" + shard) : change;
          changes.merge(change.id(), change, RowChange::then);
        }
        var batch =
            new QueryBatch(
                V1,
                1_000 + shard,
                List.of(new ShardAdvance(shard, round, round + 1, 1)),
                List.copyOf(changes.values()),
                List.of(),
                List.of());
        assertThat(own.apply(batch)).isInstanceOf(Applied.class);
      }
    }
  }

  @Test
  void valuesThatTheTableDoesNotTakeAreRefusedAndNothingElseHappens() throws Exception {
    queries.execute("ALTER TABLE things_v1 ADD CONSTRAINT small CHECK (amount < 1000)");

    var refused = session.apply(batch(0, 0, 1, THINGS.row("a", 1).add("amount", 2_000)));
    assertThat(refused).isInstanceOf(ApplyResult.Refused.class);
    assertThat(((ApplyResult.Refused) refused).reason()).contains("small");
    apply(0, 1, THINGS.row("a", 1).add("amount", 1));
    assertThat(queries.row(V1, THINGS, "a", 1)).containsEntry("amount", 1L);
  }

  @Test
  void aRowThatATriggerDoesNotTakeIsRefused() throws Exception {
    queries.execute(
        "CREATE TRIGGER no_a BEFORE INSERT ON things_v1 FOR EACH ROW"
            + " IF NEW.amount = 666 THEN SIGNAL SQLSTATE '45000'"
            + " SET MESSAGE_TEXT = 'not on Sundays'; END IF");

    var refused = session.apply(batch(0, 0, 1, THINGS.row("a", 1).add("amount", 666)));
    assertThat(refused).isInstanceOf(ApplyResult.Refused.class);
    assertThat(((ApplyResult.Refused) refused).reason()).contains("not on Sundays");
    apply(0, 1, THINGS.row("a", 1).add("amount", 1));
    assertThat(queries.row(V1, THINGS, "a", 1)).containsEntry("amount", 1L);
  }

  @Test
  void aRequestIsAboutTheOneRowThatIsNamed() throws Exception {
    var aggregate = new AggregateKey("Thing", "a");
    var first = new ParkedRow(new LogPosition(0, 0), aggregate, "broken", 1);
    var second = new ParkedRow(new LogPosition(1, 0), aggregate, "broken too", 2);
    for (var row : List.of(first, second)) {
      var shard = row.position().shard();
      var parking =
          new QueryBatch(
              V1,
              WRITER,
              List.of(new ShardAdvance(shard, 0, 1, 42)),
              List.of(),
              List.of(row),
              List.of());
      assertThat(session.apply(parking)).isInstanceOf(Applied.class);
    }
    var parked = new ParkedRows(queries.config());

    assertThat(parked.request(V1, second.position(), ParkedRequest.Action.DISCARD)).isTrue();
    assertThat(parked.request(V1, new LogPosition(2, 0), ParkedRequest.Action.DISCARD)).isFalse();

    assertThat(session.requests())
        .singleElement()
        .satisfies(request -> assertThat(request.position()).isEqualTo(second.position()));
  }

  @Test
  void aRequestAboutAllIsAboutThoseOfOneVersionWithTheReason() throws Exception {
    var rows =
        List.of(
            new ParkedRow(new LogPosition(0, 0), new AggregateKey("Thing", "a"), "too long", 1),
            new ParkedRow(new LogPosition(1, 0), new AggregateKey("Thing", "b"), "is null", 2),
            new ParkedRow(new LogPosition(2, 0), new AggregateKey("Thing", "c"), "too long", 3));
    for (var row : rows) {
      var advance = new ShardAdvance(row.position().shard(), 0, 1, 42);
      assertThat(
              session.apply(
                  new QueryBatch(V1, WRITER, List.of(advance), List.of(), List.of(row), List.of())))
          .isInstanceOf(Applied.class);
    }
    var parked = new ParkedRows(queries.config());

    assertThat(parked.requestAll(V1, "long", ParkedRequest.Action.RETRY)).isEqualTo(2);
    assertThat(parked.requestAll(V1, "long", ParkedRequest.Action.RETRY)).isEqualTo(2);
    assertThat(parked.requestAll(V1, "%", ParkedRequest.Action.RETRY)).isZero();
    assertThat(parked.requestAll(new VersionId("other", 1), "", ParkedRequest.Action.RETRY))
        .isZero();

    assertThat(session.requests())
        .extracting(ParkedRequest::position)
        .containsExactlyInAnyOrder(rows.get(0).position(), rows.get(2).position());
    assertThat(parked.requestAll(V1, "", ParkedRequest.Action.RETRY)).isEqualTo(3);
  }

  @Test
  void aServerThatRestartsKeepsWhatWasApplied() throws Exception {
    apply(0, 1, THINGS.row("a", 1).add("amount", 1));
    TestServer.server().kill();
    TestServer.server().restart();

    assertThat(session.apply(batch(0, 1, 2))).isInstanceOf(ApplyResult.Unknown.class);
    session = reopenWhenUp();
    apply(1, 2, THINGS.row("a", 1).add("amount", 1));
    assertThat(queries.row(V1, THINGS, "a", 1)).containsEntry("amount", 2L);
  }

  private QuerySession reopenWhenUp() {
    for (var attempt = 0; ; attempt++) {
      try {
        return database.reopen(session);
      } catch (StoreUnavailableException e) {
        if (attempt > 100) {
          throw e;
        }
      }
    }
  }

  private void apply(long from, long to, RowChange... changes) {
    assertThat(session.apply(batch(0, from, to, changes))).isInstanceOf(Applied.class);
  }

  private static QueryBatch batch(int shard, long from, long to, RowChange... changes) {
    return new QueryBatch(
        V1,
        WRITER,
        List.of(new ShardAdvance(shard, from, to, 42)),
        List.of(changes),
        List.of(),
        List.of());
  }
}
