package dev.anabranch.connectors.mysql.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.model.LogPosition;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.VersionId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Table {@code projection_lost}: in which shards versions stand still. A database whose tables are
 * of an older release has none: then nothing is remembered.
 */
final class LostRows {

  static final String TABLE = "projection_lost";

  private static final int NO_SUCH_TABLE = 1146;

  private final Connection connection;

  LostRows(Connection connection) {
    this.connection = connection;
  }

  /** Reads the lost rows that one version has applied. */
  List<LostRow> read(VersionId version, Collection<Integer> shards) throws SQLException {
    var in = shards.stream().map(String::valueOf).collect(Collectors.joining(","));
    try (var select =
            prepare(
                "SELECT shard, shard_offset, hlc, what, found_at FROM projection_lost"
                    + " WHERE projection = ? AND version = ? AND shard IN ("
                    + in
                    + ") ORDER BY shard",
                version);
        var result = select.executeQuery()) {
      var rows = new ArrayList<LostRow>();
      while (result.next()) {
        rows.add(
            new LostRow(
                new LogPosition(result.getInt(1), result.getLong(2)),
                result.getLong(3),
                MySqlQuerySession.text(result, 4),
                result.getLong(5)));
      }
      return rows;
    } catch (SQLException e) {
      return nothingIfOld(e, List.of());
    }
  }

  /** Reads the lost rows that each version has applied. */
  Map<VersionId, List<LostRow>> all() throws SQLException {
    try (var select =
            connection.prepareStatement(
                "SELECT projection, version, shard, shard_offset, hlc, what, found_at"
                    + " FROM projection_lost ORDER BY projection, version, shard");
        var result = select.executeQuery()) {
      var all = new HashMap<VersionId, List<LostRow>>();
      while (result.next()) {
        var version = new VersionId(MySqlQuerySession.text(result, 1), result.getInt(2));
        all.computeIfAbsent(version, v -> new ArrayList<>())
            .add(
                new LostRow(
                    new LogPosition(result.getInt(3), result.getLong(4)),
                    result.getLong(5),
                    MySqlQuerySession.text(result, 6),
                    result.getLong(7)));
      }
      return all;
    } catch (SQLException e) {
      return nothingIfOld(e, Map.of());
    }
  }

  /** Within the caller's transaction; false if there is no such table. */
  boolean record(VersionId version, LostRow row) throws SQLException {
    // As a selection: a version that was dropped meanwhile leaves nothing.
    try (var insert =
        connection.prepareStatement(
            "INSERT IGNORE INTO projection_lost"
                + " (projection, version, shard, shard_offset, hlc, what, found_at)"
                + " SELECT projection, version, ?, ?, ?, ?, ? FROM projection_version"
                + " WHERE projection = ? AND version = ?")) {
      insert.setInt(1, row.position().shard());
      insert.setLong(2, row.position().offset());
      insert.setLong(3, row.clock());
      insert.setBytes(4, row.what().getBytes(UTF_8));
      insert.setLong(5, row.foundAtMicros());
      insert.setBytes(6, version.projection().getBytes(UTF_8));
      insert.setInt(7, version.version());
      insert.executeUpdate();
      return true;
    } catch (SQLException e) {
      return nothingIfOld(e, false);
    }
  }

  /** Within the caller's transaction. */
  void forget(VersionId version, int shard) throws SQLException {
    try (var delete =
        prepare(
            "DELETE FROM projection_lost WHERE projection = ? AND version = ? AND shard = ?",
            version)) {
      delete.setInt(3, shard);
      delete.executeUpdate();
    } catch (SQLException e) {
      nothingIfOld(e, false);
    }
  }

  private PreparedStatement prepare(String sql, VersionId version) throws SQLException {
    var statement = connection.prepareStatement(sql);
    statement.setBytes(1, version.projection().getBytes(UTF_8));
    statement.setInt(2, version.version());
    return statement;
  }

  private static <T> T nothingIfOld(SQLException e, T nothing) throws SQLException {
    if (e.getErrorCode() == NO_SUCH_TABLE) {
      return nothing;
    }
    throw e;
  }
}
