package dev.anabranch.connectors.mysql;

import static dev.anabranch.connectors.mysql.TestServer.config;
import static dev.anabranch.connectors.mysql.TestServer.database;
import static dev.anabranch.connectors.mysql.TestServer.execute;
import static dev.anabranch.connectors.mysql.TestServer.newSchema;
import static dev.anabranch.connectors.mysql.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Every way in which databases and configuration can disagree, with its message. */
class SchemaITCase {

  private final String left = newSchema();
  private final String right = newSchema();
  private final MySqlStoreConfig config =
      config(8, database("left", left, "0-3"), database("right", right, "4-7"));

  @Test
  void migratingCreatesOneRegionOverAllDatabasesAndMayBeRepeated() {
    var layout = new SchemaMigrator(config).migrate();

    assertThat(layout.databases()).containsExactly("left", "right");
    assertThat(layout.homes()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(new SchemaMigrator(config).migrate().storeId()).isEqualTo(layout.storeId());
    assertThat(new SchemaMigrator(config).validate().storeId()).isEqualTo(layout.storeId());
    try (var store = new MySqlEventStoreFactory(config).open()) {
      assertThat(store.layout().storeId()).isEqualTo(layout.storeId());
      store.open(1).close();
    }
  }

  @Test
  void theLayoutCanBeReadFromTheDatabases() {
    new SchemaMigrator(config).migrate();

    var found =
        StoreDiscovery.read(
            List.of(
                config.databases().get(1).withShards(ShardRanges.none()),
                config.databases().get(0).withShards(ShardRanges.none())),
            SessionSettings.DEFAULTS);

    assertThat(found.shardCount()).isEqualTo(8);
    assertThat(found.homes()).containsExactly(1, 1, 1, 1, 0, 0, 0, 0);
    new SchemaMigrator(found).validate();
  }

  @Test
  void aDatabaseThatJoinsGetsTheRegionsStoreId() {
    var storeId = new SchemaMigrator(config).migrate().storeId();
    change(right, "DELETE FROM region_meta", "DELETE FROM shard_home");
    refused(() -> new SchemaMigrator(config).validate())
        .hasMessageContaining("'right'")
        .hasMessageContaining("holds no event store yet: run 'anabranch schema migrate'");

    assertThat(new SchemaMigrator(config).migrate().storeId()).isEqualTo(storeId);
  }

  @Test
  void aMigrationThatFailedHalfWayIsFinished() {
    new SchemaMigrator(config).migrate();
    change(left, "DROP TABLE shard_parked", "UPDATE anabranch_schema SET success = 0");

    new SchemaMigrator(config).migrate();
    new SchemaMigrator(config).validate();
    change(left, "SELECT * FROM shard_parked");
  }

  @Test
  void aDatabaseThatWasNotMigratedIsNamed() {
    refused(() -> new MySqlEventStoreFactory(config).open())
        .hasMessage(
            "database 'left' (127.0.0.1:%d/%s) holds no event store yet:"
                + " run 'anabranch schema migrate'",
            server().port(), left);
  }

  @Test
  void anotherShardCountIsRefused() {
    new SchemaMigrator(config).migrate();
    var other = config(16, database("left", left, "0-3"), database("right", right, "4-15"));

    for (var attempt : attempts(other)) {
      refused(attempt)
          .hasMessageContaining("database 'left'")
          .hasMessageContaining("was created for 8 shards, the configuration says 16")
          .hasMessageContaining("configure 8");
    }
  }

  @Test
  void anotherNumberOfPartitionsIsRefused() {
    new SchemaMigrator(config).migrate();
    var other = new MySqlStoreConfig("eu", 8, 4, config.databases(), config.sessions());

    for (var attempt : attempts(other)) {
      refused(attempt)
          .hasMessageContaining("created for 1 partitions of events, the configuration says 4");
    }
  }

  @Test
  void otherRangesAreRefused() {
    new SchemaMigrator(config).migrate();
    var other = config(8, database("left", left, "0-2"), database("right", right, "3-7"));

    for (var attempt : attempts(other)) {
      refused(attempt)
          .hasMessageContaining("database 'left'")
          .hasMessageContaining("holds the shards 0-3, the configuration gives it 0-2");
    }
  }

  @Test
  void aDatabaseOfAnotherRegionIsRefused() {
    new SchemaMigrator(config).migrate();
    var other = new MySqlStoreConfig("us", 8, 1, config.databases(), config.sessions());

    for (var attempt : attempts(other)) {
      refused(attempt).hasMessageContaining("belongs to region 'eu', not to 'us'");
    }
  }

  @Test
  void aDatabaseOfAnotherStoreIsRefused() {
    new SchemaMigrator(config).migrate();
    change(right, "UPDATE region_meta SET store_id = 'another'");

    for (var attempt : attempts(config)) {
      refused(attempt)
          .hasMessageContaining("database 'right'")
          .hasMessageContaining("is part of store another, but database 'left'");
    }
  }

  @Test
  void aNewerSchemaIsRefused() {
    new SchemaMigrator(config).migrate();
    change(
        right,
        "INSERT INTO anabranch_schema SELECT installed_rank + 1, '99', description, type, script,"
            + " checksum, installed_by, installed_on, execution_time, success"
            + " FROM anabranch_schema ORDER BY installed_rank DESC LIMIT 1");

    for (var attempt : attempts(config)) {
      refused(attempt)
          .hasMessageContaining("database 'right'")
          .hasMessageContaining(
              "has schema version 99 of a newer release, this one knows "
                  + LayoutCheck.SCHEMA_VERSION)
          .hasMessageContaining("upgrade this program");
    }
  }

  @Test
  void aSchemaWithTablesOfSomethingElseIsRefused() {
    change(left, "CREATE TABLE customers (id INT)");

    refused(() -> new SchemaMigrator(config).migrate())
        .hasMessageContaining("holds tables of something else ('customers')")
        .hasMessageContaining("give the event store a schema of its own");
  }

  @Test
  void nothingIsChangedIfOneDatabaseIsRefused() throws Exception {
    change(right, "CREATE TABLE customers (id INT)");
    refused(() -> new SchemaMigrator(config).migrate());

    try (var connection = TestServer.connect(left)) {
      assertThat(
              TestServer.number(
                  connection,
                  "SELECT COUNT(*) FROM information_schema.tables"
                      + " WHERE table_schema = DATABASE()"))
          .isZero();
    }
  }

  @Test
  void validationNamesAllProblems() {
    new SchemaMigrator(config).migrate();
    change(left, "DELETE FROM shard_home WHERE shard = 2");
    change(right, "UPDATE region_meta SET shard_count = 9");

    refused(() -> new SchemaMigrator(config).validate())
        .hasMessageContaining("holds the shards 0-1,3, the configuration gives it 0-3")
        .hasMessageContaining("was created for 9 shards");
  }

  @Test
  void aDatabaseThatIsDownIsCheckedWhenItIsBack() {
    new SchemaMigrator(config).migrate();
    var down =
        new DatabaseConfig(
            "right", "jdbc:mysql://127.0.0.1:1/" + right, "u", "p", ShardRanges.of(4, 7));
    var half = config(8, config.databases().get(0), down);

    try (var store = new MySqlEventStoreFactory(half).open()) {
      store.open(0).close();
      assertThatThrownBy(() -> store.open(1))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("can't open a session on database 'right' (127.0.0.1:1/" + right)
          .hasMessageContaining("Connection refused");
    }
    assertThatThrownBy(() -> new SchemaMigrator(half).validate())
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(
            () ->
                new MySqlEventStoreFactory(
                        config(
                            8,
                            new DatabaseConfig(
                                "all",
                                "jdbc:mysql://127.0.0.1:1/x",
                                "u",
                                "p",
                                ShardRanges.of(0, 7))))
                    .open())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("none of the event store's databases can be reached")
        .hasMessageContaining("database 'all'");
  }

  private static List<ThrowingCallable> attempts(MySqlStoreConfig config) {
    return List.of(
        () -> new SchemaMigrator(config).migrate(),
        () -> new SchemaMigrator(config).validate(),
        () -> new MySqlEventStoreFactory(config).open());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(ThrowingCallable attempt) {
    return assertThatThrownBy(attempt).isInstanceOf(StoreLayoutException.class);
  }

  private static void change(String schema, String... statements) {
    try {
      execute(schema, statements);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
