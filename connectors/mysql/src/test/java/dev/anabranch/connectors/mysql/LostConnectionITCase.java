package dev.anabranch.connectors.mysql;

import static dev.anabranch.connectors.mysql.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.AppendResult.Fenced;
import dev.anabranch.store.AppendResult.Unknown;
import dev.anabranch.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cuts the connection at the worst moments, with a proxy between the session and the server. */
class LostConnectionITCase {

  @Test
  void anAppendThatWasStoredWithoutAnAnswerIsStoredOnce() {
    try (var region = TestRegion.create()) {
      var session = region.open();
      var batch = rows(3, 0, 100);

      region.proxy().dropResponseTo("insert into event_log");
      assertThat(session.append(batch)).isInstanceOf(Unknown.class);
      assertThat(session.append(batch)).isInstanceOf(Unknown.class);
      assertThatThrownBy(() -> session.read(3, 0, 1))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("database 'a'")
          .hasMessageContaining("has lost its connection");

      try (var next = region.store().reopen(0, session)) {
        assertThat(next.read(3, 0, 1_000)).hasSize(100);
        assertThat(next.append(batch)).isEqualTo(Appended.INSTANCE);
        assertThat(next.read(3, 0, 1_000)).hasSize(100);
        assertThat(next.append(rows(3, 100, 1))).isEqualTo(Appended.INSTANCE);
      }
    }
  }

  @Test
  void theSameBatchByAnotherWriterIsAFence() {
    try (var region = TestRegion.create()) {
      var session = region.open();
      region.proxy().dropResponseTo("insert into event_log");
      session.append(rows(3, 0, 100));

      try (var next = region.store().reopen(0, session)) {
        var others = rows(3, 0, 100).stream().map(row -> TestRows.by(7, row)).toList();
        assertThat(next.append(others))
            .isEqualTo(new Fenced(others.get(0).position(), TestRows.WRITER));
      }
    }
  }

  @Test
  void anAppendThatTheServerStillRunsIsEndedBeforeTheNextSessionStarts() throws Exception {
    try (var region = TestRegion.withLockWait(Duration.ofSeconds(50));
        var observer = TestServer.connect(region.schema());
        var other = region.beginElsewhere()) {
      var session = region.open();
      var batch = rows(0, 0, 10);
      var inserts = TestSql.runningInserts(region.schema());
      // Somebody holds the batch's last command, so the server waits in the middle of the batch.
      TestSql.insert(other, TestRows.commit(7, 0, "id-0-9", 1, "command-0-9"));
      var append = Background.start(() -> session.append(batch));
      Background.awaitNumber(observer, Background.LOCK_WAITS, 1);

      region.proxy().cut();
      assertThat(Background.await(append)).isInstanceOf(Unknown.class);
      assertThat(TestServer.number(observer, inserts)).isOne();
      region.proxy().heal();
      try (var next = region.store().reopen(0, session)) {
        assertThat(TestServer.number(observer, inserts)).isZero();
        other.rollback();

        assertThat(next.heads(List.of(0))).isEmpty();
        assertThat(next.append(batch)).isEqualTo(Appended.INSTANCE);
        assertThat(next.read(0, 0, 100)).hasSize(10);
      }
    }
  }

  @Test
  void aBatchOfSeveralStatementsIsAllOrNothing() throws Exception {
    var settings =
        new SessionSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            30,
            1 << 20,
            InsertStrategy.TEXT);
    try (var region = new TestRegion(settings)) {
      var session = region.open();
      region.proxy().dropResponseTo("commit");
      assertThat(session.append(rows(1, 0, 100))).isInstanceOf(Unknown.class);
      var second = region.store().reopen(0, session);
      assertThat(second.append(rows(1, 0, 100))).isEqualTo(Appended.INSTANCE);

      // Cut after the first of its statements: an open transaction without a client.
      region.proxy().dropResponseTo("insert into event_log");
      assertThat(second.append(rows(2, 0, 100))).isInstanceOf(Unknown.class);
      try (var third = region.store().reopen(0, second)) {
        assertThat(third.heads(List.of(1, 2))).containsOnlyKeys(1);
        assertThat(third.append(rows(2, 0, 100))).isEqualTo(Appended.INSTANCE);
        assertThat(third.append(rows(3, 0, 100))).isEqualTo(Appended.INSTANCE);
      }
    }
  }

  @Test
  void aKilledConnectionIsNoticed() throws Exception {
    try (var region = TestRegion.create();
        var observer = TestServer.connect(region.schema())) {
      var session = region.open();
      assertThat(session.append(rows(0, 0, 1))).isEqualTo(Appended.INSTANCE);
      TestSql.killOthers(observer, region.schema());

      assertThatThrownBy(session::ping)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("can't reach database 'a'");
      assertThat(session.append(rows(0, 1, 1))).isInstanceOf(Unknown.class);
      try (var next = region.store().reopen(0, session)) {
        assertThat(next.append(rows(0, 1, 1))).isEqualTo(Appended.INSTANCE);
      }
    }
  }

  @Test
  void pingsKeepAnIdleSessionThatWouldBeDropped() throws Exception {
    try (var region = TestRegion.create();
        var idle = region.open();
        var pinged = region.open();
        var observer = TestServer.connect(region.schema())) {
      // The server drops who is silent for half a minute. A ping starts that time again.
      Background.awaitNumber(observer, TestSql.idle(region.schema(), 5), 2);
      pinged.ping();
      Background.awaitNumber(observer, TestSql.idle(region.schema(), 0), 1);

      pinged.ping();
      assertThat(pinged.append(rows(0, 0, 1))).isEqualTo(Appended.INSTANCE);
      assertThat(idle.append(rows(1, 0, 1))).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsLostAfterTheSocketTimeout() {
    var settings =
        SessionSettings.DEFAULTS.withTimeouts(
            Duration.ofSeconds(1), Duration.ofMillis(1500), Duration.ofSeconds(1));
    try (var region = new TestRegion(settings)) {
      var session = region.open();
      region.proxy().blackhole();

      assertThat(session.append(rows(0, 0, 1))).isInstanceOf(Unknown.class);
      assertThatThrownBy(() -> region.store().reopen(0, session))
          .isInstanceOf(StoreUnavailableException.class);
      region.proxy().heal();
      try (var next = region.store().reopen(0, session)) {
        assertThat(next.append(rows(0, 0, 1))).isEqualTo(Appended.INSTANCE);
      }
    }
  }

  @Test
  void closingFromAnotherThreadAbandonsACall() throws Exception {
    try (var region = TestRegion.withLockWait(Duration.ofSeconds(50));
        var other = TestServer.connect(region.schema());
        var observer = TestServer.connect("")) {
      var appending = region.open();
      var reading = region.open();
      TestSql.execute(other, "LOCK TABLES event_log WRITE");
      var append = Background.start(() -> appending.append(rows(0, 0, 1)));
      var read = Background.start(() -> reading.read(0, 0, 1));
      Background.awaitNumber(observer, TestSql.waitingForTable(region.schema()), 2);

      appending.close();
      reading.close();

      assertThat(Background.await(append)).isInstanceOf(Unknown.class);
      assertThatThrownBy(() -> Background.await(read))
          .hasCauseInstanceOf(StoreUnavailableException.class);
    }
  }
}
