package dev.anabranch.connectors.mysql.schema;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.MigrationDataSource;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** One database while its tables are created or changed. */
final class MigratingDatabase implements AutoCloseable {

  private static final int LOCK_SECONDS = 60;

  /** The newest migration that rewrites the log, or an index of it. */
  private static final int LAST_REWRITE = 3;

  private interface Step<T> {
    T run() throws SQLException;
  }

  private final DatabaseConnector database;
  private final Connection connection;

  private MigratingDatabase(DatabaseConnector database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  static MigratingDatabase connect(DatabaseConnector database) {
    try {
      return new MigratingDatabase(database, database.connectForMigration());
    } catch (SQLException e) {
      throw database.failure("migrate", e);
    }
  }

  String where() {
    return database.where();
  }

  /** Lets migrations of one region wait for each other; held until this is closed. */
  void lockRegion(String region) {
    lock("anabranch-migrate:" + region, region);
  }

  /** Lets migrations of this database wait for each other; held until this is closed. */
  void lockSchema(String region) {
    // Names of locks are those of the server, and short; several schemas of it may be members.
    var schema = database.config().url().schema().getBytes(StandardCharsets.UTF_8);
    var id = UUID.nameUUIDFromBytes(schema).toString().substring(0, 23);
    lock("anabranch-migrate:" + region + ":" + id, region);
  }

  /** A name of the database that is equal for whoever names the database in the same way. */
  String lockOrder() {
    return database.config().url().toString();
  }

  private void lock(String name, String region) {
    var locked =
        step(
            () -> {
              try (var lock = connection.prepareStatement("SELECT GET_LOCK(?, ?)")) {
                lock.setString(1, name);
                lock.setInt(2, LOCK_SECONDS);
                try (var result = lock.executeQuery()) {
                  return result.next() && result.getInt(1) == 1;
                }
              }
            });
    if (!locked) {
      throw new StoreUnavailableException(
          String.format(
              Locale.ROOT,
              "another migration of region '%s' has been running for %d s; try again after it",
              region,
              LOCK_SECONDS),
          null);
    }
  }

  /** Checks what is there already. Empty if the database belongs to no region yet. */
  Optional<RegionMeta> readMeta(LayoutCheck check) {
    return step(
        () -> {
          var version = LayoutCheck.schemaVersion(connection);
          LayoutCheck.requireUsable(where(), connection, version);
          if (version == 0) {
            requireNoForeignTables();
            return Optional.empty();
          }
          var meta = RegionMeta.read(connection);
          if (meta.isPresent()) {
            check.requireSameRegion(where(), meta.get());
            LayoutCheck.requireSameHomes(database, connection);
          }
          return meta;
        });
  }

  private void requireNoForeignTables() throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT COUNT(*), COALESCE(SUM(table_name = '"
                    + LayoutCheck.SCHEMA_HISTORY
                    + "'), 0), MIN(table_name) FROM information_schema.tables"
                    + " WHERE table_schema = DATABASE()")) {
      result.next();
      if (result.getInt(1) > 0 && result.getInt(2) == 0) {
        throw new StoreLayoutException(
            "%s holds tables of something else ('%s'): give the event store a schema of its own"
                .formatted(where(), result.getString(3)));
      }
    }
  }

  /**
   * Refuses what may take long: a migration that rewrites a log of many rows holds up whoever
   * appends, and a submission that waits for it may be ended by its client.
   *
   * @param quickRows so many rows may be rewritten
   */
  void requireQuick(long quickRows) {
    var quick =
        step(
            () -> {
              var version = LayoutCheck.schemaVersion(connection);
              return version == 0 || version >= LAST_REWRITE || !hasMoreRows(quickRows);
            });
    if (!quick) {
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              ("migrating %s rewrites a log of more than %d rows: run 'anabranch schema migrate' as a"
                  + " step of its own before the job"),
              where(),
              quickRows));
    }
  }

  /** Counts no further than it must: the statistics of a server may be a day old. */
  private boolean hasMoreRows(long limit) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT COUNT(*) FROM (SELECT 1 FROM event_log LIMIT " + (limit + 1) + ") some")) {
      return result.next() && result.getLong(1) > limit;
    }
  }

  void createTables() {
    step(
        () -> {
          forgetFailedMigrations();
          try {
            Flyway.configure(MigratingDatabase.class.getClassLoader())
                .dataSource(new MigrationDataSource(database))
                .locations("classpath:db/anabranch")
                .table(LayoutCheck.SCHEMA_HISTORY)
                .cleanDisabled(true)
                .load()
                .migrate();
            return true;
          } catch (FlywayException e) {
            throw causeOf(e);
          }
        });
  }

  /** Flyway refuses to go on after a failure; our migrations can be run again. */
  private void forgetFailedMigrations() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM " + LayoutCheck.SCHEMA_HISTORY + " WHERE success = 0");
    } catch (SQLException e) {
      if (e.getErrorCode() != LayoutCheck.NO_SUCH_TABLE) {
        throw e;
      }
    }
  }

  /** Flyway's own exceptions say who threw them rather than what is wrong. */
  private SQLException causeOf(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    throw new StoreLayoutException(
        "the tables of %s can't be migrated: %s".formatted(where(), e.getMessage()));
  }

  /** Makes the database a part of the region, unless it is one. */
  void join(MySqlStoreConfig config, String storeId) {
    step(
        () -> {
          if (RegionMeta.read(connection).isEmpty()) {
            connection.setAutoCommit(false);
            new RegionMeta(
                    config.region(),
                    storeId,
                    config.shardCount(),
                    config.eventsPartitions(),
                    RegionMeta.LAYOUT_VERSION)
                .write(connection);
            RegionMeta.writeHomes(connection, database.config().shards());
            connection.commit();
            connection.setAutoCommit(true);
          }
          return true;
        });
  }

  private <T> T step(Step<T> step) {
    try {
      return step.run();
    } catch (SQLException e) {
      throw database.failure("migrate", e);
    }
  }

  @Override
  public void close() {
    DatabaseConnector.closeQuietly(connection);
  }
}
