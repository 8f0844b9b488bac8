package dev.anabranch.connectors.mysql.query;

import dev.anabranch.projection.Projection;
import dev.anabranch.query.VersionId;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what the projections' own records say. */
final class VersionReader {

  private final QueryAdmin admin;

  VersionReader(QueryAdmin admin) {
    this.admin = admin;
  }

  /**
   * @param topics that versions of views have read, by version and partition
   */
  List<VersionStatus> all(Map<VersionId, Map<Integer, String>> topics) throws SQLException {
    var positions = positions();
    var tables = tables();
    var parked = parked();
    var lost = new LostRows(admin.connection()).all();
    var versions = new ArrayList<VersionStatus>();
    try (var select =
            admin.prepare(
                "SELECT v.projection, v.version, v.revision, p.live_version <=> v.version,"
                    + " p.next_live <=> v.version, v.created_at, v.definition FROM projection_version v"
                    + " JOIN projection p ON p.name = v.projection"
                    + " ORDER BY v.projection, v.version");
        var result = select.executeQuery()) {
      while (result.next()) {
        var id = new VersionId(MySqlQuerySession.text(result, 1), result.getInt(2));
        versions.add(
            new VersionStatus(
                id,
                result.getInt(3),
                result.getBoolean(4),
                result.getBoolean(5),
                Instant.EPOCH.plus(result.getLong(6), ChronoUnit.MICROS),
                tables.getOrDefault(id, List.of()),
                Projection.isOfViews(MySqlQuerySession.text(result, 7)),
                positions.getOrDefault(id, Map.of()),
                topics.getOrDefault(id, Map.of()),
                parked.getOrDefault(id, 0L),
                lost.getOrDefault(id, List.of())));
      }
    }
    return versions;
  }

  private Map<VersionId, Map<Integer, VersionStatus.Position>> positions() throws SQLException {
    var all = new HashMap<VersionId, Map<Integer, VersionStatus.Position>>();
    try (var select =
            admin.prepare(
                "SELECT projection, version, shard, next_offset, hlc FROM projection_position");
        var result = select.executeQuery()) {
      while (result.next()) {
        var id = new VersionId(MySqlQuerySession.text(result, 1), result.getInt(2));
        all.computeIfAbsent(id, v -> new HashMap<>())
            .put(
                result.getInt(3), new VersionStatus.Position(result.getLong(4), result.getLong(5)));
      }
    }
    return all;
  }

  private Map<VersionId, List<String>> tables() throws SQLException {
    var all = new HashMap<VersionId, List<String>>();
    try (var select =
            admin.prepare(
                "SELECT projection, version, table_name FROM projection_table ORDER BY table_name");
        var result = select.executeQuery()) {
      while (result.next()) {
        var id = new VersionId(MySqlQuerySession.text(result, 1), result.getInt(2));
        all.computeIfAbsent(id, v -> new ArrayList<>()).add(MySqlQuerySession.text(result, 3));
      }
    }
    return all;
  }

  private Map<VersionId, Long> parked() throws SQLException {
    var all = new HashMap<VersionId, Long>();
    try (var select =
            admin.prepare(
                "SELECT projection, version, COUNT(*) FROM projection_parked"
                    + " GROUP BY projection, version");
        var result = select.executeQuery()) {
      while (result.next()) {
        all.put(
            new VersionId(MySqlQuerySession.text(result, 1), result.getInt(2)), result.getLong(3));
      }
    }
    return all;
  }

  static List<String> texts(QueryAdmin admin, String sql, Object... values) throws SQLException {
    var texts = new ArrayList<String>();
    try (var select = admin.prepare(sql, values);
        var result = select.executeQuery()) {
      while (result.next()) {
        texts.add(MySqlQuerySession.text(result, 1));
      }
    }
    return texts;
  }
}
