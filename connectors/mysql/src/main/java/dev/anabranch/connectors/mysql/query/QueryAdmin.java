package dev.anabranch.connectors.mysql.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.MigrationDataSource;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * A connection for whoever changes tables: with autocommit, patient, and only one at a time in a
 * schema.
 */
final class QueryAdmin implements AutoCloseable {

  private static final String SCHEMA_HISTORY = "anabranch_query_schema";
  private static final int LOCK_SECONDS = 60;
  private static final int NO_SUCH_TABLE = 1146;

  private final DatabaseConnector database;
  private final Connection connection;

  private QueryAdmin(DatabaseConnector database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  static QueryAdmin connect(DatabaseConnector database) throws SQLException {
    return new QueryAdmin(database, database.connectForMigration());
  }

  Connection connection() {
    return connection;
  }

  /** Lets changes of one schema wait for each other; held until this is closed. */
  void lock() throws SQLException {
    try (var lock =
        connection.prepareStatement(
            "SELECT GET_LOCK(CONCAT('anabranch-projections:', LEFT(SHA2(DATABASE(), 256), 32)), ?)")) {
      lock.setInt(1, LOCK_SECONDS);
      try (var result = lock.executeQuery()) {
        if (!result.next() || result.getInt(1) != 1) {
          throw new StoreUnavailableException(
              String.format(
                  Locale.ROOT,
                  "somebody else has been changing the projections of %s for %d s; try again after that",
                  database.where(),
                  LOCK_SECONDS),
              null);
        }
      }
    }
  }

  /** Creates the tables of the projections' own records, and gives them to the region. */
  void migrate(QueryOwner owner) throws SQLException {
    try {
      forgetFailedMigrations();
      Flyway.configure(QueryAdmin.class.getClassLoader())
          .dataSource(new MigrationDataSource(database))
          .locations("classpath:db/anabranch-query")
          .table(SCHEMA_HISTORY)
          // Readers may have tables of their own here.
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .cleanDisabled(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw causeOf(e);
    }
    var found = QueryMeta.read(database, connection);
    if (found.isPresent()) {
      QueryMeta.requireSame(database, found.get(), owner);
    } else {
      QueryMeta.write(connection, owner);
    }
  }

  private void forgetFailedMigrations() throws SQLException {
    try {
      execute("DELETE FROM " + SCHEMA_HISTORY + " WHERE success = 0");
    } catch (SQLException e) {
      if (e.getErrorCode() != NO_SUCH_TABLE) {
        throw e;
      }
    }
  }

  private SQLException causeOf(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    throw new StoreLayoutException(
        "the tables of %s can't be migrated: %s".formatted(database.where(), e.getMessage()));
  }

  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** One change, its values bound in order: texts as bytes, numbers. */
  int update(String sql, Object... values) throws SQLException {
    try (var statement = prepare(sql, values)) {
      return statement.executeUpdate();
    }
  }

  /** The first column of the first row; empty if there is none or it is NULL. */
  Optional<Long> number(String sql, Object... values) throws SQLException {
    try (var statement = prepare(sql, values);
        var result = statement.executeQuery()) {
      if (!result.next()) {
        return Optional.empty();
      }
      var value = result.getLong(1);
      return result.wasNull() ? Optional.empty() : Optional.of(value);
    }
  }

  PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
    var statement = connection.prepareStatement(sql);
    for (var i = 0; i < values.length; i++) {
      if (values[i] instanceof String text) {
        statement.setBytes(i + 1, text.getBytes(UTF_8));
      } else {
        statement.setObject(i + 1, values[i]);
      }
    }
    return statement;
  }

  /** Some changes, all or none. */
  void inTransaction(Steps steps) throws SQLException {
    connection.setAutoCommit(false);
    try {
      steps.run();
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** What happens within a transaction. */
  interface Steps {
    void run() throws SQLException;
  }

  @Override
  public void close() {
    DatabaseConnector.closeQuietly(connection);
  }
}
