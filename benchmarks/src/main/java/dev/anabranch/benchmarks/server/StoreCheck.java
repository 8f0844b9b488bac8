package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.measure.IncorrectException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The correctness gate of a window: what the store holds is what was answered, each shard is 0..n
 * and each aggregate 1..n. Plain SQL, so that it does not share a mistake with the code that is
 * measured.
 */
public final class StoreCheck {

  private StoreCheck() {}

  /**
   * @param commits how many the load generator was told of
   * @throws IncorrectException naming what differs
   */
  public static void require(Database.Schema schema, long commits) throws SQLException {
    try (var connection = schema.connect()) {
      var rows = number(connection, "SELECT COUNT(*) FROM event_log WHERE kind = 1");
      if (rows != commits) {
        throw new IncorrectException(rows + " commits are stored, " + commits + " were answered");
      }
      none(
          connection, "rows that are no commits", "SELECT COUNT(*) FROM event_log WHERE kind <> 1");
      none(
          connection,
          "shards with a gap",
          "SELECT COUNT(*) FROM (SELECT shard FROM event_log GROUP BY shard HAVING"
              + " MIN(shard_offset) <> 0 OR MAX(shard_offset) + 1 <> COUNT(*)) gaps");
      none(
          connection,
          "aggregates whose versions are not 1..n",
          "SELECT COUNT(*) FROM (SELECT aggregate_id FROM event_log GROUP BY aggregate_type,"
              + " aggregate_id HAVING MIN(version) <> 1 OR MAX(version) <> COUNT(*)) gaps");
    }
  }

  private static void none(Connection connection, String what, String query) throws SQLException {
    var count = number(connection, query);
    if (count != 0) {
      throw new IncorrectException(count + " " + what);
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }
}
