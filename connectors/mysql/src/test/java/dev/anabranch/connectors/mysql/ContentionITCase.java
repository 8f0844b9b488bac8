package dev.anabranch.connectors.mysql;

import static dev.anabranch.connectors.mysql.TestRows.commit;
import static dev.anabranch.connectors.mysql.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.AppendResult.DuplicateCommands;
import dev.anabranch.store.AppendResult.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Appends beside another transaction that holds what they need. */
class ContentionITCase {

  @Test
  void aLockThatIsReleasedInTimeOnlyDelays() throws Exception {
    try (var region = TestRegion.withLockWait(Duration.ofSeconds(1));
        var observer = TestServer.connect(region.schema());
        var other = region.beginElsewhere();
        var session = region.open()) {
      TestSql.insert(other, commit(7, 0, "id-0-5", 1, "command-0-5"));
      var timeouts = lockTimeouts(observer);
      var append = Background.start(() -> session.append(rows(0, 0, 10)));
      Background.awaitNumber(observer, LOCK_TIMEOUTS, timeouts + 1);
      other.rollback();

      assertThat(Background.await(append)).isEqualTo(Appended.INSTANCE);
      assertThat(session.read(0, 0, 100)).hasSize(10);
    }
  }

  @Test
  void aLockThatIsNeverReleasedEndsTheAttempt() throws Exception {
    try (var region = TestRegion.withLockWait(Duration.ofSeconds(1));
        var other = region.beginElsewhere();
        var session = region.open()) {
      TestSql.insert(other, commit(7, 0, "id-0-5", 1, "command-0-5"));

      assertThat(session.append(rows(0, 0, 10))).isInstanceOf(Unavailable.class);
      assertThat(session.append(rows(1, 0, 10))).isEqualTo(Appended.INSTANCE);
      other.rollback();
      assertThat(session.append(rows(0, 0, 10))).isEqualTo(Appended.INSTANCE);
    }
  }

  @Test
  void theVictimOfADeadlockTriesAgain() throws Exception {
    try (var region = TestRegion.withLockWait(Duration.ofSeconds(30));
        var observer = TestServer.connect(region.schema());
        var other = region.beginElsewhere();
        var session = region.open()) {
      // The other transaction has changed more rows, so the server sacrifices ours.
      TestSql.insert(other, rows(7, 10, 100).toArray(LogRow[]::new));
      TestSql.insert(other, commit(7, 0, "id-0-9", 1, "command-0-9"));
      var deadlocks = TestServer.number(observer, DEADLOCKS);
      var append = Background.start(() -> session.append(rows(0, 0, 10)));
      Background.awaitNumber(observer, Background.LOCK_WAITS, 1);

      TestSql.insert(other, commit(7, 1, "id-0-0", 1, "command-0-0"));
      assertThat(TestServer.number(observer, DEADLOCKS)).isEqualTo(deadlocks + 1);
      other.rollback();

      assertThat(Background.await(append)).isEqualTo(Appended.INSTANCE);
      assertThat(session.read(0, 0, 100)).hasSize(10);
    }
  }

  @Test
  void aCommandThatSomebodyCommitsMeanwhileIsADuplicate() throws Exception {
    try (var region = TestRegion.withLockWait(Duration.ofSeconds(30));
        var observer = TestServer.connect(region.schema());
        var other = region.beginElsewhere();
        var session = region.open()) {
      var theirs = commit(7, 0, "id-0-9", 1, "command-0-9");
      TestSql.insert(other, theirs);
      var append = Background.start(() -> session.append(rows(0, 0, 10)));
      Background.awaitNumber(observer, Background.LOCK_WAITS, 1);
      other.commit();

      var result = (DuplicateCommands) Background.await(append);
      assertThat(result.stored()).singleElement().matches(theirs::isIdenticalTo);
    }
  }

  @Test
  void threeStoredCommandsAmongFiveHundredAreAllNamed() {
    try (var region = TestRegion.create();
        var session = region.open()) {
      var stored =
          List.of(
              commit(2, 0, "id-1-100", 1, "command-1-100"),
              commit(2, 1, "id-1-250", 1, "command-1-250"),
              commit(2, 2, "id-1-499", 1, "command-1-499"));
      assertThat(session.append(stored)).isEqualTo(Appended.INSTANCE);
      var batch = rows(1, 0, 500);

      var result = (DuplicateCommands) session.append(batch);
      assertThat(result.stored())
          .extracting(LogRow::position)
          .containsExactlyInAnyOrderElementsOf(stored.stream().map(LogRow::position).toList());
      assertThat(session.heads(List.of(1))).isEmpty();

      assertThat(session.append(without(batch, 100, 250, 499))).isEqualTo(Appended.INSTANCE);
      assertThat(session.read(1, 0, 1_000)).hasSize(497);
    }
  }

  private static final String LOCK_TIMEOUTS =
      "SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_timeouts'";
  private static final String DEADLOCKS =
      "SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'";

  private static long lockTimeouts(Connection observer) throws SQLException {
    return TestServer.number(observer, LOCK_TIMEOUTS);
  }

  /** The batch as a caller sends it again: without these offsets, and without holes. */
  private static List<LogRow> without(List<LogRow> batch, long... offsets) {
    var rest = new ArrayList<LogRow>();
    for (var row : batch) {
      var dropped = false;
      for (var offset : offsets) {
        dropped |= row.offset() == offset;
      }
      if (!dropped) {
        rest.add(row.outcome().at(row.shard(), rest.size()));
      }
    }
    return rest;
  }
}
