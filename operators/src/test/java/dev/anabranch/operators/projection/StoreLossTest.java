package dev.anabranch.operators.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.projection.events.ProjectionHarness;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The event store has lost rows that a version has applied, or that it needs next. */
class StoreLossTest {

  private final ProjectionHarness projection =
      new ProjectionHarness(TallyReadModel.projections(TallyReadModel.projection(1, Set.of())));
  private VersionId version;
  private String here = "";
  private String there = "";

  @BeforeEach
  void begin() throws Exception {
    version = projection.database.begin(TallyReadModel.projection(1, Set.of()), true);
    projection.start();
    here = "a";
    var first = projection.write(here, 1);
    projection.deliver(first);
    for (var i = 0; there.isEmpty(); i++) {
      var row = projection.write("t" + i, 1);
      projection.deliver(row);
      there = row.shard() == first.shard() ? "" : "t" + i;
    }
    projection.awaitEnd(version);
  }

  @AfterEach
  void close() throws Exception {
    projection.close();
  }

  @Test
  void aRestartFindsTheShardThatHasAppliedMoreThanThereIsAndFillsTheOthers() throws Exception {
    var lost = projection.write(here, 2);
    deliver(lost);
    projection.crash();
    projection.databaseOf(lost).loseRows(lost.shard(), lost.offset());

    projection.start();
    deliver(projection.write(there, 3));

    assertThat(marks()).containsExactly(mark(lost, lost.outcome().stamp().hlc()));
    assertThat(what()).contains("it has applied row " + lost.position() + ", which is not there");
    projection.assertExact(version);
  }

  @Test
  void aLossIsNoticedWhileTheJobRunsAndWhatComesInItsPlaceIsNotTaken() throws Exception {
    var lost = projection.write(here, 2);
    deliver(lost);

    var other = projection.replace(lost, 5);
    projection.databaseOf(other).loseRows(other.shard(), other.offset());
    projection.await("a mark", () -> !marks().isEmpty());
    var found = projection.database.lost(version);
    projection.restore(other);
    var next = projection.write(here, 7);
    projection.deliver(other, next);
    deliver(projection.write(there, 3));
    projection.pumpMails(20);

    assertThat(projection.database.nextOffset(version, lost.shard())).isEqualTo(next.offset());
    assertThat(marks()).containsExactly(mark(lost, lost.outcome().stamp().hlc()));
    assertThat(projection.database.lost(version)).as("as it was found").isEqualTo(found);

    var rebuilt = projection.database.begin(TallyReadModel.projection(1, Set.of()), false);
    projection.awaitEnd(rebuilt);
    projection.assertExact(rebuilt);
    assertThat(projection.database.lost(rebuilt)).isEmpty();
  }

  /** Kafka has brought it while the database was busy with the row before. */
  @Test
  void whatWasTakenAndNotCommittedBeforeTheLossWasNoticedIsNotApplied() throws Exception {
    var isHeld = new AtomicBoolean();
    var reached = new AtomicBoolean();
    projection.crash();
    projection.aroundDatabase = database -> holdingApply(database, isHeld, reached);
    projection.start();
    var lost = projection.write(here, 2);
    deliver(lost);
    isHeld.set(true);
    var onItsWay = projection.write(here, 3);
    projection.deliver(onItsWay);
    projection.await("the database to be busy", reached::get);
    var next = projection.write(here, 7);
    projection.deliver(next);
    projection.databaseOf(lost).loseRows(lost.shard(), lost.offset());
    projection.pumpMails(40);

    isHeld.set(false);
    projection.await("a mark", () -> !marks().isEmpty());
    deliver(projection.write(there, 4));
    projection.pumpMails(20);

    assertThat(projection.database.nextOffset(version, lost.shard())).isEqualTo(next.offset());
    assertThat(marks()).containsExactly(mark(onItsWay, onItsWay.outcome().stamp().hlc()));
  }

  @Test
  void whatWasDecidedInPlaceOfLostRowsIsFoundByTheClockOfTheLastOne() throws Exception {
    var lost = projection.write(here, 2);
    deliver(lost);
    projection.crash();
    projection.replace(lost, 5);
    var next = projection.write(here, 7);

    projection.start();
    deliver(projection.write(there, 3));
    projection.deliver(next);
    projection.await("a mark", () -> !marks().isEmpty());

    assertThat(marks()).containsExactly(mark(lost, lost.outcome().stamp().hlc()));
    assertThat(what()).contains("another row " + lost.position());
    assertThat(projection.database.nextOffset(version, lost.shard())).isEqualTo(next.offset());
  }

  @Test
  void anotherRowFromKafkaAtTheSamePlaceMarksTheVersionIfTheStoreHasIt() throws Exception {
    var lost = projection.write(here, 2);
    deliver(lost);
    var other = projection.replace(lost, 5);
    var next = projection.write(here, 7);
    // Beyond the fork, as one that has applied later rows before it hears of the first.
    deliver(next);
    projection.deliver(other);
    projection.await("a mark", () -> !marks().isEmpty());

    assertThat(marks()).containsExactly(mark(lost, LostRow.FORKED));
    projection.pumpMails(20);
    assertThat(marks()).as("no row can come back").hasSize(1);
  }

  @Test
  void anotherRowFromKafkaThatTheStoreHasNotMarksNothing() throws Exception {
    var applied = projection.write(here, 2);
    deliver(applied);
    var ghost = projection.replace(applied, 5);
    projection.databaseOf(ghost).loseRows(ghost.shard(), ghost.offset());
    projection.restore(applied);
    projection.log().set(projection.log().indexOf(ghost), applied);

    projection.deliver(ghost);
    deliver(projection.write(here, 7));

    assertThat(marks()).isEmpty();
    projection.assertExact(version);
  }

  @Test
  void rowsThatComeBackLetTheVersionGoOnByItself() throws Exception {
    var lost = projection.write(here, 2);
    deliver(lost);
    projection.databaseOf(lost).loseRows(lost.shard(), lost.offset());
    projection.await("a mark", () -> !marks().isEmpty());
    projection.crash();
    projection.start();
    deliver(projection.write(there, 3));
    assertThat(marks()).as("over a restart").hasSize(1);

    projection.restore(lost);
    projection.write(here, 7);
    projection.awaitEnd(version);

    assertThat(marks()).isEmpty();
    projection.assertExact(version);
  }

  @Test
  void whatWasGivenUpIsNotTakenFromKafkaAgain() throws Exception {
    var lost = projection.write(here, 2);
    deliver(lost);
    projection.crash();
    projection.databaseOf(lost).loseRows(lost.shard(), lost.offset());
    try (var session = projection.store.open(projection.store.layout().databaseOf(lost.shard()))) {
      session.acceptLoss(
          new AcceptedLoss(
              lost.shard(),
              lost.offset(),
              lost.offset() + 1,
              new LogBookmark("topic", 100),
              "kim",
              "disk gone",
              1));
    }
    var rebuilt = projection.database.begin(TallyReadModel.projection(1, Set.of()), false);

    projection.start();
    projection.pumpMails(1);
    projection.deliver(lost);
    deliver(projection.write(there, 3));
    projection.deliver(lost);
    projection.pumpMails(20);
    assertThat(projection.database.nextOffset(rebuilt, lost.shard())).isEqualTo(lost.offset());
    var other = projection.replace(lost, 5);
    projection.deliver(lost, other, projection.write(here, 7));
    projection.awaitEnd(rebuilt);

    projection.assertExact(rebuilt);
    assertThat(projection.database.lost(rebuilt)).isEmpty();
    assertThat(marks()).hasSize(1);
  }

  @Test
  void aRowThatIsMissingInTheMiddleStopsItsShardOnlyUntilItIsBack() throws Exception {
    projection.crash();
    var lost = projection.write(here, 2);
    projection.write(here, 4);
    projection.lose(lost);

    projection.start();
    deliver(projection.write(there, 3));
    projection.await("a mark", () -> !marks().isEmpty());

    assertThat(marks()).containsExactly(mark(lost, LostRow.NEEDED));
    assertThat(projection.database.nextOffset(version, lost.shard())).isEqualTo(lost.offset());
    projection.restore(lost);
    projection.awaitEnd(version);
    assertThat(marks()).isEmpty();
    projection.assertExact(version);
  }

  @Test
  void aStoreThatIsBehindForAMomentWhileRowsAreAppliedMarksNothing() throws Exception {
    var rows = new ArrayList<LogRow>();
    for (var i = 0; i < 300; i++) {
      rows.add(projection.write(i % 2 == 0 ? here : there, i));
      projection.deliver(rows.get(i));
    }
    projection.awaitEnd(version);

    assertThat(marks()).isEmpty();
    projection.assertExact(version);
  }

  // -- Inside.

  private void deliver(LogRow row) throws Exception {
    projection.deliver(row);
    projection.await(
        row.position() + " to be applied",
        () -> projection.database.nextOffset(version, row.shard()) > row.offset());
  }

  private List<LostRow> marks() {
    return projection.database.lost(version).stream()
        .map(row -> new LostRow(row.position(), row.clock(), "", 0))
        .toList();
  }

  private String what() {
    return projection.database.lost(version).get(0).what();
  }

  /** The database, that applies nothing while it is held. */
  private static QueryDatabase holdingApply(
      QueryDatabase database, AtomicBoolean isHeld, AtomicBoolean reached) {
    return around(
        QueryDatabase.class,
        (method, arguments) -> {
          var result = method.invoke(database, arguments);
          return result instanceof QuerySession session
              ? around(
                  QuerySession.class,
                  (call, given) -> {
                    while (call.getName().equals("apply") && isHeld.get()) {
                      reached.set(true);
                      Thread.onSpinWait();
                    }
                    return call.invoke(session, given);
                  })
              : result;
        });
  }

  private interface Call {
    Object invoke(Method method, Object[] arguments) throws ReflectiveOperationException;
  }

  private static <T> T around(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.invoke(method, arguments)));
  }

  private static LostRow mark(LogRow row, long clock) {
    return new LostRow(row.position(), clock, "", 0);
  }
}
