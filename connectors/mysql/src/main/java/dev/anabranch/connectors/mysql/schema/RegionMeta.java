package dev.anabranch.connectors.mysql.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.connectors.mysql.connection.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Optional;

/**
 * What a database says about itself: its row of {@code region_meta}.
 *
 * @param layoutVersion meaning of the columns; a release refuses one that it doesn't know
 */
public record RegionMeta(
    String region, String storeId, int shardCount, int eventsPartitions, int layoutVersion) {

  static final int LAYOUT_VERSION = 1;

  /** Reads the region of a database; empty if it doesn't belong to one yet. */
  static Optional<RegionMeta> read(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT region, store_id, shard_count, events_partitions, layout_version"
                    + " FROM region_meta")) {
      if (!result.next()) {
        return Optional.empty();
      }
      return Optional.of(
          new RegionMeta(
              new String(result.getBytes(1), UTF_8),
              new String(result.getBytes(2), UTF_8),
              result.getInt(3),
              result.getInt(4),
              result.getInt(5)));
    }
  }

  /** Fails with {@link SqlFailure#DUPLICATE_KEY} if the database belongs to a region already. */
  void write(Connection connection) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "INSERT INTO region_meta"
                + " (region, store_id, shard_count, events_partitions, layout_version)"
                + " VALUES (?, ?, ?, ?, ?)")) {
      statement.setBytes(1, region.getBytes(UTF_8));
      statement.setBytes(2, storeId.getBytes(UTF_8));
      statement.setInt(3, shardCount);
      statement.setInt(4, eventsPartitions);
      statement.setInt(5, layoutVersion);
      statement.executeUpdate();
    }
  }

  static ShardRanges readHomes(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT shard FROM shard_home")) {
      var shards = new BitSet();
      while (result.next()) {
        shards.set(result.getInt(1));
      }
      return ShardRanges.ofBits(shards);
    }
  }

  static void writeHomes(Connection connection, ShardRanges shards) throws SQLException {
    var sql = new StringBuilder("INSERT INTO shard_home (shard) VALUES ");
    var separator = "";
    for (var shard : shards.toArray()) {
      sql.append(separator).append('(').append(shard).append(')');
      separator = ",";
    }
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(sql.toString());
    }
  }
}
