package dev.anabranch.connectors.mysql;

import static dev.anabranch.connectors.mysql.TestServer.execute;
import static dev.anabranch.connectors.mysql.TestServer.newSchema;
import static dev.anabranch.connectors.mysql.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.log.RegionTopics;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.AppendResult.Unavailable;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Accounts, grants and server settings that don't fit, each with its message. */
class AccessITCase {

  private static final String SECRET = "s3cret-s3cret";

  private final String schema = newSchema();
  private final String user = "u_" + schema;

  @Test
  void aWrongPasswordIsNamedAndNotShown() throws Exception {
    execute("", createUser());
    var wrong = config("wrong-" + SECRET);

    assertThatThrownBy(() -> new MySqlEventStoreFactory(wrong).open())
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("database 'a'")
        .hasMessageContaining("refuses user '" + user + "': check user and password")
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(SECRET));
  }

  @Test
  void aMissingSchemaIsNamed() throws Exception {
    execute("", createUser(), "GRANT ALL ON *.* TO " + user);

    assertThatThrownBy(() -> new SchemaMigrator(config(SECRET)).migrate())
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("there is no schema " + schema + " on this server")
        .hasMessageContaining("CREATE DATABASE " + schema)
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(SECRET));
  }

  @Test
  void aSchemaThatTheUserMayNotUseIsNamed() throws Exception {
    execute(schema, createUser());

    assertThatThrownBy(() -> new SchemaMigrator(config(SECRET)).migrate())
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("user '" + user + "' may not use the schema " + schema);
  }

  @Test
  void aMissingGrantIsNamed() throws Exception {
    execute(schema, createUser(), "GRANT SELECT ON " + schema + ".* TO " + user);

    assertThatThrownBy(() -> new SchemaMigrator(config(SECRET)).migrate())
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("user '" + user + "' lacks a grant on " + schema)
        .hasMessageContaining("docs/operating/security.md");
  }

  @Test
  void theGrantsThatTheMessageAsksForAreEnough() throws Exception {
    execute(schema, createUser(), grantToMigrate());
    new SchemaMigrator(config(SECRET)).migrate();
    execute("", "REVOKE CREATE, ALTER, INDEX, DROP ON " + schema + ".* FROM " + user);

    try (var store = new MySqlEventStoreFactory(config(SECRET)).open();
        var session = store.open(0)) {
      assertThat(session.append(TestRows.rows(0, 0, 3))).isEqualTo(Appended.INSTANCE);
      session.recordParked(0, 9, Set.of(1));
      session.recordParked(0, 9, Set.of());
      session.recordBookmarks(Map.of(0, new LogBookmark("topic", 3)));
      session.recordBookmarks(Map.of(0, new LogBookmark("topic", 4)));
      session.recordMissing(new MissingRow(0, null, "of a peer", 1));
      try (var next = store.reopen(0, session)) {
        assertThat(next.heads(List.of(0))).containsOnlyKeys(0);
      }
    }
  }

  /** As docs/operating/security.md tells people: such a user can't change or delete a row. */
  @Test
  void theLogIsWrittenByAUserThatMayOnlyAddToIt() throws Exception {
    execute(schema, createUser(), grantToMigrate());
    new SchemaMigrator(config(SECRET)).migrate();
    execute(
        schema,
        "REVOKE ALL PRIVILEGES ON " + schema + ".* FROM " + user,
        "GRANT SELECT ON " + schema + ".* TO " + user,
        "GRANT INSERT ON event_log TO " + user,
        "GRANT INSERT, UPDATE ON shard_published TO " + user,
        "GRANT INSERT, UPDATE, DELETE ON shard_parked TO " + user,
        "GRANT INSERT, DELETE ON shard_bookmark TO " + user,
        "GRANT INSERT, DELETE ON shard_missing TO " + user,
        "GRANT INSERT, UPDATE ON conflict TO " + user,
        "GRANT INSERT, UPDATE ON region_topic TO " + user,
        "GRANT INSERT, UPDATE ON shard_answered TO " + user);

    new SchemaMigrator(config(SECRET)).validate();
    try (var store = new MySqlEventStoreFactory(config(SECRET)).open();
        var session = store.open(0)) {
      assertThat(session.append(TestRows.rows(0, 0, 3))).isEqualTo(Appended.INSTANCE);
      session.recordPublished(Map.of(0, 3L));
      session.recordParked(0, 9, Set.of(1));
      session.recordParked(0, 9, Set.of());
      session.recordBookmarks(Map.of(0, new LogBookmark("topic", 3)));
      session.recordBookmarks(Map.of(0, new LogBookmark("topic", 4)));
      session.recordMissing(new MissingRow(0, null, "of a peer", 1));
    }
    assertThat(new RegionTopics(config(SECRET)).note(Map.of("commands.a", "id")).problems())
        .isEmpty();
    for (var change :
        List.of("DELETE FROM event_log", "UPDATE event_log SET kind = 9", "TRUNCATE event_log")) {
      assertThatThrownBy(() -> executeAs(change)).hasMessageContaining("denied");
    }
  }

  @Test
  void aMissingGrantToNoteTopicsIsNamedAndStopsNothing() throws Exception {
    execute(schema, createUser(), "GRANT ALL ON " + schema + ".* TO " + user);
    new SchemaMigrator(config(SECRET)).migrate();
    execute(
        schema,
        "REVOKE ALL PRIVILEGES ON " + schema + ".* FROM " + user,
        "GRANT SELECT ON " + schema + ".* TO " + user);

    var found = new RegionTopics(config(SECRET)).note(Map.of("commands.a", "id"));

    assertThat(found.problems())
        .singleElement()
        .asString()
        .contains("GRANT INSERT, UPDATE ON region_topic");
    assertThat(found.topics()).isEmpty();
  }

  @Test
  void theLogIsReadByAUserThatMayOnlyRead() throws Exception {
    execute(schema, createUser(), "GRANT ALL ON " + schema + ".* TO " + user);
    new SchemaMigrator(config(SECRET)).migrate();
    execute(
        schema,
        "REVOKE ALL PRIVILEGES ON " + schema + ".* FROM " + user,
        "GRANT SELECT ON " + schema + ".* TO " + user);

    try (var store = new MySqlEventStoreFactory(config(SECRET)).open();
        var session = store.open(0)) {
      assertThat(session.heads(List.of(0))).isEmpty();
    }
  }

  @Test
  void aReadOnlyServerIsUnavailable() throws Exception {
    execute(schema, createUser(), grantToMigrate());
    new SchemaMigrator(config(SECRET)).migrate();
    try (var store = new MySqlEventStoreFactory(config(SECRET)).open();
        var session = store.open(0)) {
      try {
        execute("", "SET GLOBAL read_only = ON");
        assertThat(session.append(TestRows.rows(0, 0, 3))).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> store.open(0))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("is read-only")
            .hasMessageContaining("Connect to the primary");
      } finally {
        execute("", "SET GLOBAL read_only = OFF");
      }
      assertThat(session.append(TestRows.rows(0, 0, 3))).isEqualTo(Appended.INSTANCE);
    }
  }

  @Test
  void aServerThatTakesOnlySmallStatementsIsRefused() throws Exception {
    execute(schema, createUser(), "GRANT ALL ON " + schema + ".* TO " + user);
    var large = config(SECRET);
    new SchemaMigrator(large).migrate();
    var settings = SessionSettings.DEFAULTS.withMaxRowBytes(100 << 20);

    try (var store = new MySqlEventStoreFactory(TestServer.with(large, settings)).open()) {
      assertThatThrownBy(() -> store.open(0))
          .isInstanceOf(StoreLayoutException.class)
          .hasMessageContaining("max_allowed_packet")
          .hasMessageContaining("maximum of 104857600 bytes");
    }
  }

  @Test
  void tablesOfAnotherShapeAreAWrongProgram() throws Exception {
    execute(schema, createUser(), "GRANT ALL ON " + schema + ".* TO " + user);
    new SchemaMigrator(config(SECRET)).migrate();
    try (var store = new MySqlEventStoreFactory(config(SECRET)).open();
        var session = store.open(0)) {
      execute(schema, "ALTER TABLE event_log MODIFY events VARBINARY(3) NOT NULL");
      assertThatThrownBy(() -> session.append(TestRows.rows(0, 0, 3)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("can't append to database 'a'")
          .hasMessageContaining("1406");
      execute(schema, "DROP TABLE event_log");
      assertThatThrownBy(() -> session.append(TestRows.rows(0, 0, 3)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("1146");
    }
  }

  private String createUser() {
    return "CREATE USER '" + user + "'@'%' IDENTIFIED BY '" + SECRET + "'";
  }

  private String grantToMigrate() {
    return "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON %s.* TO %s"
        .formatted(schema, user);
  }

  private MySqlStoreConfig config(String password) {
    var url = "jdbc:mysql://127.0.0.1:%d/%s?sslMode=DISABLED&allowPublicKeyRetrieval=true";
    return TestServer.config(
        8,
        new DatabaseConfig(
            "a", url.formatted(server().port(), schema), user, password, ShardRanges.of(0, 7)));
  }

  private void executeAs(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(server().jdbcUrl(schema), user, SECRET);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String stackTrace(Throwable e) {
    var text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
