package dev.anabranch.connectors.mysql.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.store.StoreLayoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/** The one row that says to which region a query database belongs. */
final class QueryMeta {

  static final int LAYOUT_VERSION = 1;
  private static final int NO_SUCH_TABLE = 1146;

  private QueryMeta() {}

  /** Reads whom the database belongs to; empty if to nobody yet. */
  static Optional<QueryOwner> read(DatabaseConnector database, Connection connection)
      throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT region, store_id, shard_count, layout_version FROM projection_meta")) {
      if (!result.next()) {
        return Optional.empty();
      }
      if (result.getInt(4) > LAYOUT_VERSION) {
        throw new StoreLayoutException(
            String.format(
                Locale.ROOT,
                "%s has layout version %d of a newer release, this one knows %d: upgrade this program",
                database.where(),
                result.getInt(4),
                LAYOUT_VERSION));
      }
      return Optional.of(
          new QueryOwner(
              MySqlQuerySession.text(result, 1),
              MySqlQuerySession.text(result, 2),
              result.getInt(3)));
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_TABLE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static void requireOwner(DatabaseConnector database, Connection connection, QueryOwner owner)
      throws SQLException {
    var found =
        read(database, connection)
            .orElseThrow(
                () ->
                    new StoreLayoutException(
                        database.where()
                            + " holds no projections yet: start the projection job with"
                            + " query.migrate = true once, or run 'anabranch projections rebuild'"));
    requireSame(database, found, owner);
  }

  static void requireSame(DatabaseConnector database, QueryOwner found, QueryOwner owner) {
    if (!found.region().equals(owner.region())) {
      throw new StoreLayoutException(
          "%s follows region '%s', not '%s': correct query.url or the region's name"
              .formatted(database.where(), found.region(), owner.region()));
    }
    if (!found.storeId().equals(owner.storeId()) || found.shardCount() != owner.shardCount()) {
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              ("%s follows event store %s with %d shards, the configured one is %s with %d: its positions"
                  + " mean nothing here. Configure the store that it was made from, or an empty"
                  + " schema"),
              database.where(),
              found.storeId(),
              found.shardCount(),
              owner.storeId(),
              owner.shardCount()));
    }
  }

  /** Within the caller's transaction. */
  static void write(Connection connection, QueryOwner owner) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO projection_meta (region, store_id, shard_count, layout_version)"
                + " VALUES (?, ?, ?, ?)")) {
      insert.setBytes(1, owner.region().getBytes(UTF_8));
      insert.setBytes(2, owner.storeId().getBytes(UTF_8));
      insert.setInt(3, owner.shardCount());
      insert.setInt(4, LAYOUT_VERSION);
      insert.executeUpdate();
    }
  }
}
