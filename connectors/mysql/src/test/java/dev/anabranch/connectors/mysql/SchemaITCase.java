package dev.anabranch.connectors.mysql;

import static dev.anabranch.connectors.mysql.TestServer.config;
import static dev.anabranch.connectors.mysql.TestServer.database;
import static dev.anabranch.connectors.mysql.TestServer.execute;
import static dev.anabranch.connectors.mysql.TestServer.newSchema;
import static dev.anabranch.connectors.mysql.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.schema.LayoutCheck;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.connectors.mysql.schema.StoreDiscovery;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.RepeatedTest;
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

  /** Two jobs that start for the first time, each with its own order of the databases. */
  @RepeatedTest(5)
  void firstMigrationsThatListTheDatabasesInAnotherOrderMakeOneStore() {
    var reversed =
        new MySqlStoreConfig(
            config.region(),
            config.shardCount(),
            config.eventsPartitions(),
            List.of(config.databases().get(1), config.databases().get(0)),
            config.sessions());
    var migrations =
        List.of(
            CompletableFuture.supplyAsync(() -> new SchemaMigrator(config).migrate().storeId()),
            CompletableFuture.supplyAsync(() -> new SchemaMigrator(reversed).migrate().storeId()));

    var ids = migrations.stream().map(CompletableFuture::join).distinct().toList();

    assertThat(ids).hasSize(1);
    assertThat(new SchemaMigrator(config).validate().storeId()).isEqualTo(ids.get(0));
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
  void aNewerSchemaThatSaysNothingIsRefused() {
    new SchemaMigrator(config).migrate();
    migratedByANewerRelease(right, 99);

    for (var attempt : attempts(config)) {
      refused(attempt)
          .hasMessageContaining("database 'right'")
          .hasMessageContaining(
              "has schema version 99 of a newer release, which a release must know from version 99"
                  + " on; this one knows "
                  + LayoutCheck.SCHEMA_VERSION)
          .hasMessageContaining("upgrade this program");
    }
  }

  @Test
  void aNewerSchemaThatIsAdditiveIsTakenAlsoByWhoRunsAlready() {
    new SchemaMigrator(config).migrate();
    try (var running = new MySqlEventStoreFactory(config).open()) {
      var session = running.open(1);
      migratedByANewerRelease(right, 98, LayoutCheck.SCHEMA_VERSION - 1);
      migratedByANewerRelease(right, 99, LayoutCheck.SCHEMA_VERSION);

      running.reopen(1, session).close();
    }
    new SchemaMigrator(config).validate();
    new SchemaMigrator(config).migrate();
    new MySqlEventStoreFactory(config).open().close();
  }

  @Test
  void oneBreakingMigrationAmongAdditiveOnesIsEnoughToBeRefused() {
    new SchemaMigrator(config).migrate();
    migratedByANewerRelease(right, 97, 4);
    migratedByANewerRelease(right, 98, 98);
    migratedByANewerRelease(right, 99, 4);

    for (var attempt : attempts(config)) {
      refused(attempt).hasMessageContaining("must know from version 98 on");
    }
  }

  @Test
  void everyMigrationSaysWhichReleasesCanWorkWithIt() throws Exception {
    new SchemaMigrator(config).migrate();

    try (var connection = TestServer.connect(left)) {
      assertThat(
              TestServer.number(
                  connection,
                  "SELECT COUNT(*) FROM anabranch_schema h LEFT JOIN schema_reader r"
                      + " ON r.version = CAST(h.version AS UNSIGNED)"
                      + " WHERE CAST(h.version AS UNSIGNED) >= 4 AND r.version IS NULL"))
          .as("migrations that write no row into schema_reader")
          .isZero();
      assertThat(TestServer.number(connection, "SELECT MAX(least_reader) FROM schema_reader"))
          .isLessThanOrEqualTo(LayoutCheck.SCHEMA_VERSION);
    }
  }

  @Test
  void toolsThatOnlyReadTakeTheDatabaseOfAnOlderRelease() {
    new SchemaMigrator(config).migrate();
    for (var schema : List.of(left, right)) {
      leftByVersionTwo(schema);
    }

    try (var store = new MySqlEventStoreFactory(config).openForReading();
        var session = store.open(0)) {
      assertThat(session.read(0, 0, 10)).isEmpty();
      assertThat(session.heads(List.of(0, 1))).isEmpty();
    }
    refused(() -> new MySqlEventStoreFactory(config).open())
        .hasMessageContaining("has schema version 2, this release needs")
        .hasMessageContaining("run 'anabranch schema migrate'");
  }

  @Test
  void aJobThatStartsLeavesALongMigrationToAStepOfItsOwn() {
    new SchemaMigrator(config).migrate();
    leftByVersionTwo(left);
    leftByVersionTwo(right);
    change(right, row(4, 0), row(4, 1));

    refused(() -> new SchemaMigrator(config).migrateAtStart(1))
        .hasMessageContaining("database 'right'")
        .hasMessageContaining("rewrites a log of more than 1 rows")
        .hasMessageContaining("run 'anabranch schema migrate' as a step of its own");

    new SchemaMigrator(config).migrateAtStart(2);
    new SchemaMigrator(config).validate();
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

  private static void migratedByANewerRelease(String schema, int version) {
    change(
        schema,
        "INSERT INTO anabranch_schema SELECT MAX(installed_rank) + 1, '"
            + version
            + "', 'more', 'SQL', 'V"
            + version
            + "__more.sql', 1, 'test', NOW(), 1, 1 FROM anabranch_schema");
  }

  private static void migratedByANewerRelease(String schema, int version, int leastReader) {
    migratedByANewerRelease(schema, version);
    change(schema, "INSERT INTO schema_reader VALUES (" + version + ", " + leastReader + ")");
  }

  /** The history of an older release; its tables may be those of this one. */
  private static void leftByVersionTwo(String schema) {
    change(
        schema,
        "DELETE FROM anabranch_schema WHERE CAST(version AS UNSIGNED) > 2",
        "DROP TABLE schema_reader");
  }

  private static String row(int shard, int offset) {
    return "INSERT INTO event_log VALUES (%d, %d, 3, 'T', 'a', NULL, 'c%d', '', NULL, NULL, 1, 1, 1, '', '', '', '')"
        .formatted(shard, offset, offset);
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
