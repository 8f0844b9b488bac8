package dev.anabranch.connectors.mysql.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewLog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Table {@code projection_topic}: of which topic a version of views has read its partitions. Behind
 * the topic's id are a blank and the leader's epoch, if it is known. A release that knows no epochs
 * takes that for another topic, and reads it from its first record on: views may come again.
 */
final class FollowedTopics {

  static final String TABLE = "projection_topic";

  private static final char BEFORE_EPOCH = ' ';

  private final Connection connection;

  FollowedTopics(Connection connection) {
    this.connection = connection;
  }

  Map<Integer, ViewLog.Origin> read(VersionId version, Collection<Integer> partitions)
      throws SQLException {
    var topics = new HashMap<Integer, ViewLog.Origin>();
    try (var select =
        prepare(
            "SELECT view_partition, topic_id FROM projection_topic WHERE projection = ? AND version = ?"
                + " AND view_partition IN "
                + list(partitions),
            version)) {
      try (var result = select.executeQuery()) {
        while (result.next()) {
          topics.put(result.getInt(1), origin(MySqlQuerySession.text(result, 2)));
        }
      }
    }
    return topics;
  }

  private static ViewLog.Origin origin(String text) {
    var end = text.indexOf(BEFORE_EPOCH);
    return end < 0
        ? new ViewLog.Origin(text, ViewLog.NO_EPOCH)
        : new ViewLog.Origin(text.substring(0, end), Integer.parseInt(text.substring(end + 1)));
  }

  private static byte[] text(ViewLog.Origin origin) {
    var epoch =
        origin.leaderEpoch() == ViewLog.NO_EPOCH ? "" : "" + BEFORE_EPOCH + origin.leaderEpoch();
    return (origin.topic() + epoch).getBytes(UTF_8);
  }

  /** Commits, unless it returns false: some partition is not the writer's. */
  boolean write(VersionId version, long writer, Map<Integer, ViewLog.Position> from)
      throws SQLException {
    if (!lock(version, from.keySet()).equals(own(from.keySet(), writer))) {
      return false;
    }
    try (var move =
            prepare(
                "UPDATE projection_position SET next_offset = ? WHERE projection = ? AND version = ?"
                    + " AND shard = ?",
                version,
                2);
        var note =
            prepare(
                "INSERT INTO projection_topic (projection, version, view_partition, topic_id)"
                    + " VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE topic_id = ?",
                version)) {
      for (var place : new TreeMap<>(from).entrySet()) {
        move.setLong(1, place.getValue().offset());
        move.setInt(4, place.getKey());
        move.executeUpdate();
        note.setInt(3, place.getKey());
        note.setBytes(4, text(place.getValue().origin()));
        note.setBytes(5, text(place.getValue().origin()));
        note.executeUpdate();
      }
    }
    connection.commit();
    return true;
  }

  private static Map<Integer, Long> own(Collection<Integer> partitions, long writer) {
    return partitions.stream().collect(Collectors.toMap(partition -> partition, each -> writer));
  }

  private Map<Integer, Long> lock(VersionId version, Collection<Integer> partitions)
      throws SQLException {
    var writers = new HashMap<Integer, Long>();
    try (var select =
            prepare(
                "SELECT shard, writer FROM projection_position WHERE projection = ? AND version = ?"
                    + " AND shard IN "
                    + list(partitions)
                    + " ORDER BY shard FOR UPDATE",
                version);
        var result = select.executeQuery()) {
      while (result.next()) {
        writers.put(result.getInt(1), result.getLong(2));
      }
    }
    return writers;
  }

  private PreparedStatement prepare(String sql, VersionId version) throws SQLException {
    return prepare(sql, version, 1);
  }

  private PreparedStatement prepare(String sql, VersionId version, int index) throws SQLException {
    var statement = connection.prepareStatement(sql);
    statement.setBytes(index, version.projection().getBytes(UTF_8));
    statement.setInt(index + 1, version.version());
    return statement;
  }

  private static String list(Collection<Integer> numbers) {
    return numbers.stream()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(",", "(", ")"));
  }

  /** Reads the ids of topics by version and partition. */
  static Map<VersionId, Map<Integer, String>> all(QueryAdmin admin) throws SQLException {
    var all = new HashMap<VersionId, Map<Integer, String>>();
    try (var select =
            admin.prepare(
                "SELECT projection, version, view_partition, topic_id FROM projection_topic");
        var result = select.executeQuery()) {
      while (result.next()) {
        var id = new VersionId(MySqlQuerySession.text(result, 1), result.getInt(2));
        all.computeIfAbsent(id, v -> new HashMap<>())
            .put(result.getInt(3), origin(MySqlQuerySession.text(result, 4)).topic());
      }
    }
    return all;
  }

  static void forget(QueryAdmin admin, VersionId version) throws SQLException {
    admin.update(
        "DELETE FROM projection_topic WHERE projection = ? AND version = ?",
        version.projection(),
        version.version());
  }

  /** Both belong together: a version of views needs them. */
  static List<String> tables() {
    return List.of(ShownViews.TABLE, TABLE);
  }
}
