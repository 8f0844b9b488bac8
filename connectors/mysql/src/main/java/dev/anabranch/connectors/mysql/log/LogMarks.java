package dev.anabranch.connectors.mysql.log;

import static java.util.stream.Collectors.joining;

import dev.anabranch.connectors.mysql.connection.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The small tables beside the log: what is published, and who has parked commands. */
final class LogMarks {

  private static final int MAX_ATTEMPTS = 5;

  /** A call without a result. */
  interface Action {
    void run() throws SQLException;
  }

  private final Statement statement;

  LogMarks(Connection connection) throws SQLException {
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
    try (var result = statement.executeQuery("SELECT 1 FROM shard_parked LIMIT 1")) {
      return result.next();
    }
  }

  void recordParked(int firstShard, int lastShard, Set<Integer> parked) throws SQLException {
    var owned = " BETWEEN " + firstShard + " AND " + lastShard;
    if (parked.isEmpty()) {
      retrying(() -> statement.executeUpdate("DELETE FROM shard_parked WHERE shard" + owned));
      return;
    }
    var values = parked.stream().map(shard -> "(" + (int) shard + ")").collect(joining(", "));
    // First the new ones: between the two statements too many are marked, never too few.
    retrying(
        () ->
            statement.executeUpdate(
                "INSERT INTO shard_parked (shard) VALUES "
                    + values
                    + " ON DUPLICATE KEY UPDATE shard = shard_parked.shard"));
    retrying(
        () ->
            statement.executeUpdate(
                "DELETE FROM shard_parked WHERE shard"
                    + owned
                    + " AND shard NOT IN ("
                    + values
                    + ")"));
  }

  Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards) throws SQLException {
    var answered = new HashMap<Integer, byte[]>();
    if (shards.isEmpty()) {
      return answered;
    }
    var values =
        shards.stream()
            .sorted()
            .map(shard -> "(" + (int) shard + ", " + writer + ", '')")
            .collect(joining(", "));
    retrying(
        () ->
            statement.executeUpdate(
                "INSERT INTO shard_answered (shard, writer, marks) VALUES "
                    + values
                    + " ON DUPLICATE KEY UPDATE writer = "
                    + writer));
    var list = shards.stream().map(String::valueOf).collect(joining(", "));
    try (var result =
        statement.executeQuery(
            "SELECT shard, marks FROM shard_answered WHERE shard IN (" + list + ")")) {
      while (result.next()) {
        answered.put(result.getInt(1), result.getBytes(2));
      }
    }
    return answered;
  }

  /** Who has taken the shards over stays: one look after the write says whether it took effect. */
  boolean recordAnswered(long writer, Map<Integer, byte[]> marks) throws SQLException {
    if (marks.isEmpty()) {
      return true;
    }
    var values =
        new TreeMap<>(marks)
            .entrySet().stream()
                .map(
                    e ->
                        "SELECT "
                            + (int) e.getKey()
                            + " AS s, x'"
                            + HexFormat.of().formatHex(e.getValue())
                            + "' AS m")
                .collect(joining(" UNION ALL "));
    retrying(
        () ->
            statement.executeUpdate(
                "INSERT INTO shard_answered (shard, writer, marks) SELECT given.s, "
                    + writer
                    + ", given.m FROM ("
                    + values
                    + ") AS given ON DUPLICATE KEY UPDATE marks = IF(shard_answered.writer = "
                    + writer
                    + ", given.m, shard_answered.marks)"));
    var list = marks.keySet().stream().map(String::valueOf).collect(joining(", "));
    try (var result =
        statement.executeQuery(
            "SELECT COUNT(*) FROM shard_answered WHERE writer = "
                + writer
                + " AND shard IN ("
                + list
                + ")")) {
      return result.next() && result.getInt(1) == marks.size();
    }
  }

  void ping() throws SQLException {
    statement.executeQuery("/* ping */ SELECT 1").close();
  }

  static void retrying(Action action) throws SQLException {
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
