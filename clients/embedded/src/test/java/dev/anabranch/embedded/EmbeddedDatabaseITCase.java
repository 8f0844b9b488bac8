package dev.anabranch.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.embedded.network.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs one server for most tests; each uses a schema of its own. Runs on MariaDB, or on MySQL with
 * {@code -Danabranch.test.database=mysql}.
 */
@Timeout(180)
class EmbeddedDatabaseITCase {

  private static final int ACCESS_DENIED = 1045;

  private static WorkDirectory work;
  private static EmbeddedDatabase database;

  @BeforeAll
  static void start() {
    work = WorkDirectory.create("database");
    database = EmbeddedDatabase.start(work.resolve("server"));
  }

  @AfterAll
  static void stop() {
    database.close();
    work.close();
  }

  @Test
  void itIsTheConfiguredKind() throws Exception {
    try (var connection = connect(database, "kind")) {
      var version = connection.getMetaData().getDatabaseProductVersion();

      assertThat(version.contains("MariaDB")).isEqualTo(database.kind() == DatabaseKind.MARIADB);
      assertThat(database.kind()).isEqualTo(DatabaseKind.configured());
    }
  }

  @Test
  void aCommittedRowSurvivesAKill() throws Exception {
    insert(database, "killed", 1);
    long killed = database.pid();

    database.kill();

    assertThat(database.isRunning()).isFalse();
    assertThat(ProcessHandle.of(killed)).isEmpty();
    assertThatThrownBy(() -> connect(database, "killed")).isInstanceOf(SQLException.class);
    database.restart();
    assertThat(rows(database, "killed")).isEqualTo(1);
  }

  @Test
  void aStopAndRestartKeepsRowsAndPort() throws Exception {
    insert(database, "stopped", 1);
    int port = database.port();

    database.stop();
    database.restart();

    assertThat(database.port()).isEqualTo(port);
    assertThat(rows(database, "stopped")).isEqualTo(1);
  }

  @Test
  void credentialsAreChecked() {
    assertThatThrownBy(() -> DriverManager.getConnection(database.jdbcUrl(""), "anabranch", "no"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(ACCESS_DENIED));
    assertThatThrownBy(() -> DriverManager.getConnection(database.jdbcUrl(""), "nobody", ""))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(ACCESS_DENIED));
  }

  @Test
  void aConnectionCanBeKilledByAnother() throws Exception {
    try (var victim = connect(database, "victims");
        var killer = connect(database, "victims")) {
      killer.createStatement().execute("KILL " + queryNumber(victim, "SELECT CONNECTION_ID()"));

      assertThatThrownBy(() -> queryNumber(victim, "SELECT 1")).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void everyCommitIsFlushed() throws Exception {
    try (var connection = connect(database, "durable")) {
      assertThat(queryNumber(connection, "SELECT @@innodb_flush_log_at_trx_commit")).isEqualTo(1);
    }
  }

  /** In a shared one, a MariaDB that starts deletes the temporary tables of those that run. */
  @Test
  void itsTemporaryDirectoryIsItsOwn() throws Exception {
    try (var connection = connect(database, "temporary");
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT @@tmpdir")) {
      result.next();
      assertThat(result.getString(1)).startsWith(work.resolve("server").toString());
    }
  }

  @Test
  void twoServersStartAtTheSameTimeAndAreSeparate() throws Exception {
    var first = startInBackground("parallel-1");
    var second = startInBackground("parallel-2");
    try (var one = first.get(150, TimeUnit.SECONDS);
        var other = second.get(150, TimeUnit.SECONDS)) {
      insert(one, "shared_name", 1);
      insert(other, "shared_name", 2);
      insert(other, "shared_name", 3);

      assertThat(rows(one, "shared_name")).isEqualTo(1);
      assertThat(rows(other, "shared_name")).isEqualTo(2);
    }
    assertThat(ProcessHandle.of(first.join().pid())).isEmpty();
    assertThat(ProcessHandle.of(second.join().pid())).isEmpty();
  }

  @Test
  void aCommitWhoseAnswerIsLostHasHappened() throws Exception {
    insert(database, "unknown", 1);
    try (var proxy = TcpProxy.open(database.port());
        var connection = connect(database.jdbcUrl("unknown", proxy.port()))) {
      connection.setAutoCommit(false);
      connection.createStatement().executeUpdate("INSERT INTO t VALUES (2)");
      proxy.dropResponseTo("commit");

      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);

      assertThat(proxy.droppedResponses()).isEqualTo(1);
      assertThat(rows(database, "unknown")).isEqualTo(2);
    }
  }

  @Test
  void aServerThatOutlivedItsKilledJvmIsReplaced() throws Exception {
    var directory = work.resolve("orphaned");
    var orphan = ServerOwner.run("database", directory, "halt").orElseThrow();

    try (var successor = EmbeddedDatabase.start(directory)) {
      assertThat(orphan.isAlive()).isFalse();
      assertThat(successor.pid()).isNotEqualTo(orphan.pid());
    }
  }

  @Test
  void aJvmThatExitsTakesItsServerAlong() throws Exception {
    var server = ServerOwner.run("database", work.resolve("owned"), "exit");

    if (server.isPresent()) {
      server.get().onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aDirectoryInUseIsRefused() {
    assertThatThrownBy(() -> EmbeddedDatabase.start(work.resolve("server")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("in use");
    assertThat(database.isRunning()).isTrue();
  }

  @Test
  void aServerThatCannotStartSaysWhy() {
    var config = ServerConfig.in(work.resolve("broken")).withServerArgument("--no-such-option");

    assertThatThrownBy(() -> EmbeddedDatabase.start(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no-such-option");
  }

  private static CompletableFuture<EmbeddedDatabase> startInBackground(String name) {
    return CompletableFuture.supplyAsync(() -> EmbeddedDatabase.start(work.resolve(name)));
  }

  private static Connection connect(EmbeddedDatabase server, String schema) throws SQLException {
    return connect(server.jdbcUrl(schema));
  }

  private static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url, database.user(), database.password());
  }

  private static void insert(EmbeddedDatabase server, String schema, int id) throws SQLException {
    try (var connection = connect(server, schema);
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY)");
      statement.executeUpdate("INSERT INTO t VALUES (" + id + ")");
    }
  }

  private static long rows(EmbeddedDatabase server, String schema) throws SQLException {
    try (var connection = connect(server, schema)) {
      return queryNumber(connection, "SELECT COUNT(*) FROM t");
    }
  }

  private static long queryNumber(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }
}
