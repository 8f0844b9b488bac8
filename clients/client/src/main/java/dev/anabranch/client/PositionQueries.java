package dev.anabranch.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.model.LogPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a reader asks the projections' own records, on MySQL and MariaDB. Names are bytes there. The
 * tables are those of the projection job, whose schema says what the columns mean.
 */
final class PositionQueries {

  private static final String SHOWN_VERSIONS =
      " v.projection = p.name AND (v.version = p.live_version OR v.version = p.next_live)";

  private final Connection connection;

  PositionQueries(Connection connection) {
    this.connection = connection;
  }

  /**
   * How far a shard is.
   *
   * @param hlc clock of the last row: milliseconds << 16 | counter
   * @param ofViews whether it is a place in the topic of views, which says nothing about a token
   */
  record Position(long nextOffset, long hlc, boolean ofViews) {}

  /** The region whose log the tables follow. */
  String region() throws SQLException {
    try (var select = connection.prepareStatement("SELECT region FROM projection_meta");
        var result = select.executeQuery()) {
      return result.next() ? new String(result.getBytes(1), UTF_8) : "";
    }
  }

  /** How far the versions are that readers see; empty if they see none. */
  Map<Integer, Position> positions(String projection, Collection<Integer> shards)
      throws SQLException {
    var list = shards.stream().distinct().map(Object::toString).collect(Collectors.joining(","));
    var sql =
        "SELECT v.shard, MIN(v.next_offset), MIN(v.hlc),"
            // Of a declaration's text, see Projection.definition.
            + " MAX(LEFT(d.definition, 9) = 'views of ') FROM projection p"
            + " JOIN projection_position v ON"
            + SHOWN_VERSIONS
            + " JOIN projection_version d ON d.projection = v.projection AND d.version = v.version"
            + " WHERE p.name = ? AND v.shard IN ("
            + list
            + ") GROUP BY v.shard";
    var positions = new HashMap<Integer, Position>();
    try (var select = prepare(sql, projection);
        var result = select.executeQuery()) {
      while (result.next()) {
        positions.put(
            result.getInt(1),
            new Position(result.getLong(2), result.getLong(3), result.getBoolean(4)));
      }
    }
    return positions;
  }

  /** Why the row is not in the tables although they are beyond it; empty: it is. */
  Optional<String> parkedReason(String projection, LogPosition row) throws SQLException {
    var sql =
        "SELECT v.reason FROM projection p JOIN projection_parked v ON"
            + SHOWN_VERSIONS
            + " WHERE p.name = ? AND v.shard = "
            + row.shard()
            + " AND v.shard_offset = "
            + row.offset();
    try (var select = prepare(sql, projection);
        var result = select.executeQuery()) {
      if (!result.next()) {
        return Optional.empty();
      }
      var reason = new String(result.getBytes(1), UTF_8);
      return Optional.of(reason.isEmpty() ? "they wait behind one that failed" : reason);
    }
  }

  private PreparedStatement prepare(String sql, String projection) throws SQLException {
    var select = connection.prepareStatement(sql);
    select.setBytes(1, projection.getBytes(UTF_8));
    return select;
  }
}
