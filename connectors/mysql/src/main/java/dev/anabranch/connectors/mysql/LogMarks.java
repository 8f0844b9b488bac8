package dev.anabranch.connectors.mysql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The small tables beside the log: what is published, and who has parked commands. */
final class LogMarks {

  private static final int MAX_ATTEMPTS = 5;

  /** A call without a result. */
  interface Action {
    void run() throws SQLException;
  }

  private final Connection connection;
  private final Statement statement;

  LogMarks(Connection connection) throws SQLException {
    this.connection = connection;
    this.statement = connection.createStatement();
  }

  Map<Integer, Long> published(Collection<Integer> shards) throws SQLException {
    var published = new HashMap<Integer, Long>();
    if (shards.isEmpty()) {
      return published;
    }
    var list = new StringBuilder();
    for (var shard : shards) {
      list.append(list.isEmpty() ? "" : ",").append((int) shard);
    }
    try (var result =
        statement.executeQuery(
            "SELECT shard, next_offset FROM shard_published WHERE shard IN (" + list + ")")) {
      while (result.next()) {
        published.put(result.getInt(1), result.getLong(2));
      }
    }
    return published;
  }

  void recordPublished(Map<Integer, Long> nextOffsets) throws SQLException {
    if (nextOffsets.isEmpty()) {
      return;
    }
    var values = new StringBuilder();
    // In the order of the key, so that two tasks never wait for each other in a circle.
    nextOffsets.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            e ->
                values
                    .append(values.isEmpty() ? "" : " UNION ALL ")
                    .append("SELECT ")
                    .append((int) e.getKey())
                    .append(" AS s, ")
                    .append((long) e.getValue())
                    .append(" AS n"));
    retrying(
        () ->
            statement.executeUpdate(
                "INSERT INTO shard_published (shard, next_offset)"
                    + " SELECT given.s, given.n FROM ("
                    + values
                    + ") AS given ON DUPLICATE KEY UPDATE"
                    + " next_offset = GREATEST(shard_published.next_offset, given.n)"));
  }

  boolean hasParked() throws SQLException {
    try (var result = statement.executeQuery("SELECT 1 FROM parked_task LIMIT 1")) {
      return result.next();
    }
  }

  void recordParked(String task, boolean parked) throws SQLException {
    var sql =
        parked
            ? "INSERT INTO parked_task (task) VALUES (?) ON DUPLICATE KEY UPDATE task = task"
            : "DELETE FROM parked_task WHERE task = ?";
    try (var record = connection.prepareStatement(sql)) {
      record.setBytes(1, task.getBytes(UTF_8));
      retrying(record::executeUpdate);
    }
  }

  void ping() throws SQLException {
    statement.executeQuery("/* ping */ SELECT 1").close();
  }

  private static void retrying(Action action) throws SQLException {
    for (var attempt = 1; ; attempt++) {
      try {
        action.run();
        return;
      } catch (SQLException e) {
        if (SqlFailure.of(e) != SqlFailure.RETRY || attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
