package dev.anabranch.connectors.mysql.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.connectors.mysql.schema.LayoutCheck;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.ShardHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables by which a start notices that rows were lost, and what was decided about it. */
final class LossMarks {

  private final Connection connection;

  LossMarks(Connection connection) {
    this.connection = connection;
  }

  Map<Integer, LogBookmark> bookmarks(Collection<Integer> shards) throws SQLException {
    var bookmarks = new HashMap<Integer, LogBookmark>();
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery("SELECT shard, topic_id, position FROM shard_bookmark")) {
      while (result.next()) {
        bookmarks.put(result.getInt(1), new LogBookmark(text(result, 2), result.getLong(3)));
      }
    } catch (SQLException e) {
      requireOlder(e);
    }
    bookmarks.keySet().retainAll(List.copyOf(shards));
    return bookmarks;
  }

  void recordBookmarks(Map<Integer, LogBookmark> bookmarks) throws SQLException {
    if (bookmarks.isEmpty()) {
      return;
    }
    // In the order of the key, so that two tasks never wait for each other in a circle.
    var sorted = new TreeMap<>(bookmarks);
    var values = "(?, ?, ?), ".repeat(sorted.size() - 1) + "(?, ?, ?)";
    try (var statement =
        connection.prepareStatement(
            "REPLACE INTO shard_bookmark (shard, topic_id, position) VALUES " + values)) {
      var at = 1;
      for (var each : sorted.entrySet()) {
        statement.setInt(at++, each.getKey());
        statement.setBytes(at++, each.getValue().topicId().getBytes(UTF_8));
        statement.setLong(at++, each.getValue().position());
      }
      LogMarks.retrying(statement::executeUpdate);
    }
  }

  List<AcceptedLoss> acceptedLosses() throws SQLException {
    var losses = new ArrayList<AcceptedLoss>();
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT shard, from_offset, until_offset, topic_id, position, author, reason,"
                    + " accepted_at FROM shard_loss ORDER BY accepted_at, shard")) {
      while (result.next()) {
        losses.add(
            new AcceptedLoss(
                result.getInt(1),
                result.getLong(2),
                result.getLong(3),
                new LogBookmark(text(result, 4), result.getLong(5)),
                text(result, 6),
                text(result, 7),
                result.getLong(8)));
      }
    } catch (SQLException e) {
      requireOlder(e);
    }
    return losses;
  }

  void acceptLoss(AcceptedLoss loss) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "INSERT INTO shard_loss (shard, from_offset, until_offset, topic_id, position, author,"
                + " reason, accepted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
      statement.setInt(1, loss.shard());
      statement.setLong(2, loss.fromOffset());
      statement.setLong(3, loss.untilOffset());
      statement.setBytes(4, loss.end().topicId().getBytes(UTF_8));
      statement.setLong(5, loss.end().position());
      statement.setBytes(6, loss.author().getBytes(UTF_8));
      statement.setBytes(7, loss.reason().getBytes(UTF_8));
      statement.setLong(8, loss.acceptedAtMicros());
      LogMarks.retrying(statement::executeUpdate);
    }
    // Afterwards: should it not come to this, the start finds the loss newer than the finding.
    try (var statement = connection.prepareStatement("DELETE FROM shard_missing WHERE shard = ?")) {
      statement.setInt(1, loss.shard());
      LogMarks.retrying(statement::executeUpdate);
    }
  }

  List<MissingRow> missing() throws SQLException {
    var missing = new ArrayList<MissingRow>();
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT m.shard, m.shard_offset, m.writer, m.hlc, m.what, m.found_at FROM"
                    + " shard_missing m WHERE NOT EXISTS (SELECT 1 FROM shard_loss l WHERE"
                    + " l.shard = m.shard AND l.accepted_at >= m.found_at) ORDER BY m.shard")) {
      while (result.next()) {
        missing.add(
            new MissingRow(result.getInt(1), head(result), text(result, 5), result.getLong(6)));
      }
    } catch (SQLException e) {
      requireOlder(e);
    }
    return missing;
  }

  /** The first finding stays, unless it was settled meanwhile. */
  void recordMissing(MissingRow row) throws SQLException {
    for (var known : missing()) {
      if (known.shard() == row.shard()) {
        return;
      }
    }
    try (var statement =
        connection.prepareStatement(
            "REPLACE INTO shard_missing (shard, shard_offset, writer, hlc, what, found_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)")) {
      statement.setInt(1, row.shard());
      var head = row.head();
      setNumber(statement, 2, head == null ? null : head.offset());
      setNumber(statement, 3, head == null ? null : head.writer());
      setNumber(statement, 4, head == null ? null : head.hlc());
      statement.setBytes(5, row.what().getBytes(UTF_8));
      statement.setLong(6, row.foundAtMicros());
      LogMarks.retrying(statement::executeUpdate);
    }
  }

  /** Tools read a store of an older release too: nothing was noted and nothing accepted there. */
  private static void requireOlder(SQLException e) throws SQLException {
    if (e.getErrorCode() != LayoutCheck.NO_SUCH_TABLE) {
      throw e;
    }
  }

  private static @Nullable ShardHead head(ResultSet result) throws SQLException {
    var offset = result.getLong(2);
    return result.wasNull() ? null : new ShardHead(offset, result.getLong(3), result.getLong(4));
  }

  private static void setNumber(PreparedStatement statement, int at, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      statement.setNull(at, Types.BIGINT);
    } else {
      statement.setLong(at, value);
    }
  }

  private static String text(ResultSet result, int column) throws SQLException {
    return new String(result.getBytes(column), UTF_8);
  }
}
