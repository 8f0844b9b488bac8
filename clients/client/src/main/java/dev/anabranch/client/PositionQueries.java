package dev.anabranch.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.model.LogPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a reader asks the projections' own records, on MySQL and MariaDB. Names are bytes there. The
 * tables are those of the projection job, whose schema says what the columns mean.
 */
final class PositionQueries {

  private static final String SHOWN_VERSIONS =
      " v.projection = p.name AND (v.version = p.live_version OR v.version = p.next_live)";

  private static final int ROWS_PER_QUERY = 500;

  /**
   * The error codes of a server that has no such table, or shows it to nobody who may not read it.
   */
  private static final Set<Integer> NOT_THERE = Set.of(1142, 1146);

  private final Connection connection;

  /** Whether the database's own tables have a place for rows that the event store lost. */
  private boolean knowsLost = true;

  PositionQueries(Connection connection) {
    this.connection = connection;
  }

  /**
   * How far a shard is.
   *
   * @param hlc clock of the last row: milliseconds << 16 | counter
   */
  record Position(long nextOffset, long hlc) {}

  /**
   * What readers see of a projection.
   *
   * @param ofViews whether it follows views: its positions are not those of the log
   * @param anyParked whether some rows of it are not in the tables although they are beyond them
   * @param anyLost whether it has applied rows that the event store lost
   * @param positions how far it is, by shard; empty if readers see no version
   */
  record Progress(
      boolean ofViews, boolean anyParked, boolean anyLost, Map<Integer, Position> positions) {}

  /** The region whose log the tables follow. */
  String region() throws SQLException {
    try (var select = connection.prepareStatement("SELECT region FROM projection_meta");
        var result = select.executeQuery()) {
      return result.next() ? new String(result.getBytes(1), UTF_8) : "";
    }
  }

  /** One statement, so that what is not parked and below the positions is in the tables. */
  Progress progress(String projection, Collection<Integer> shards) throws SQLException {
    try {
      return ask(projection, shards);
    } catch (SQLException e) {
      if (!knowsLost || !NOT_THERE.contains(e.getErrorCode())) {
        throw e;
      }
      knowsLost = false;
      return ask(projection, shards);
    }
  }

  private Progress ask(String projection, Collection<Integer> shards) throws SQLException {
    var list = shards.stream().distinct().map(Object::toString).collect(Collectors.joining(","));
    var sql =
        "SELECT q.shard, MIN(q.next_offset), MIN(q.hlc),"
            // The beginning of a declaration's text, see Projection.definition.
            + " MAX(v.definition LIKE 'views of %'),"
            + " MAX(EXISTS (SELECT 1 FROM projection_parked k WHERE k.projection = v.projection"
            + " AND k.version = v.version)),"
            + (knowsLost
                ? " MAX(EXISTS (SELECT 1 FROM projection_lost l WHERE l.projection = v.projection"
                    + " AND l.version = v.version))"
                : " 0")
            + " FROM projection p JOIN projection_version v ON"
            + SHOWN_VERSIONS
            + " LEFT JOIN projection_position q ON q.projection = v.projection"
            + " AND q.version = v.version AND q.shard IN ("
            + list
            + ") WHERE p.name = ? GROUP BY q.shard";
    var positions = new HashMap<Integer, Position>();
    var ofViews = false;
    var anyParked = false;
    var anyLost = false;
    try (var select = prepare(sql, projection);
        var result = select.executeQuery()) {
      while (result.next()) {
        var shard = result.getInt(1);
        if (!result.wasNull()) {
          positions.put(shard, new Position(result.getLong(2), result.getLong(3)));
        }
        ofViews |= result.getBoolean(4);
        anyParked |= result.getBoolean(5);
        anyLost |= result.getBoolean(6);
      }
    }
    return new Progress(ofViews, anyParked, anyLost, positions);
  }

  /**
   * Why a version that readers see is not to be trusted in some of these shards; asked for where
   * {@link Progress#anyLost} says so.
   */
  Map<Integer, String> lost(String projection, Collection<Integer> shards) throws SQLException {
    var list = shards.stream().distinct().map(Object::toString).collect(Collectors.joining(","));
    var sql =
        "SELECT v.shard, v.what FROM projection p JOIN projection_lost v ON"
            + SHOWN_VERSIONS
            + " WHERE p.name = ? AND v.shard IN ("
            + list
            + ")";
    var lost = new HashMap<Integer, String>();
    try (var select = prepare(sql, projection);
        var result = select.executeQuery()) {
      while (result.next()) {
        lost.put(result.getInt(1), new String(result.getBytes(2), UTF_8));
      }
    }
    return lost;
  }

  /** Why rows are not in the tables although they are beyond them; without those that are. */
  Map<LogPosition, String> parkedReasons(String projection, List<LogPosition> rows)
      throws SQLException {
    var reasons = new HashMap<LogPosition, String>();
    for (var first = 0; first < rows.size(); first += ROWS_PER_QUERY) {
      var part = rows.subList(first, Math.min(rows.size(), first + ROWS_PER_QUERY));
      var list =
          part.stream()
              .map(row -> "(" + row.shard() + "," + row.offset() + ")")
              .collect(Collectors.joining(","));
      var sql =
          "SELECT v.shard, v.shard_offset, v.reason FROM projection p"
              + " JOIN projection_parked v ON"
              + SHOWN_VERSIONS
              + " WHERE p.name = ? AND (v.shard, v.shard_offset) IN ("
              + list
              + ")";
      try (var select = prepare(sql, projection);
          var result = select.executeQuery()) {
        while (result.next()) {
          var reason = new String(result.getBytes(3), UTF_8);
          reasons.put(
              new LogPosition(result.getInt(1), result.getLong(2)),
              reason.isEmpty() ? "they wait behind one that failed" : reason);
        }
      }
    }
    return reasons;
  }

  private PreparedStatement prepare(String sql, String projection) throws SQLException {
    var select = connection.prepareStatement(sql);
    select.setBytes(1, projection.getBytes(UTF_8));
    return select;
  }
}
