package dev.anabranch.connectors.mysql.schema;

import dev.anabranch.causality.RegionId;
import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.model.Shards;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreLayoutException;
import java.io.Serializable;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * Where a region's event store is: every shard has exactly one database.
 *
 * @param shardCount equals the jobs' maximum parallelism; fixed when the region is created
 * @param eventsPartitions partitions of the events topic; fixed when the region is created
 */
public record MySqlStoreConfig(
    String region,
    int shardCount,
    int eventsPartitions,
    List<DatabaseConfig> databases,
    SessionSettings sessions)
    implements Serializable {

  /**
   * @throws StoreLayoutException if a shard has no database, or two
   * @throws IllegalArgumentException if a value is out of its range
   */
  public MySqlStoreConfig {
    databases = List.copyOf(databases);
    region = new RegionId(region).value();
    if (shardCount < 1 || shardCount > Shards.MAX_SHARDS) {
      throw new IllegalArgumentException(
          "shard count " + shardCount + " must be 1 to " + Shards.MAX_SHARDS);
    }
    if (eventsPartitions < 1 || eventsPartitions > shardCount) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "events partitions %d must be 1 to the shard count, %d",
              eventsPartitions,
              shardCount));
    }
    var names = new HashSet<String>();
    for (var database : databases) {
      if (!names.add(database.name())) {
        throw new IllegalArgumentException("two databases are named '" + database.name() + "'");
      }
    }
    requireEachShardOnce(databases, shardCount);
  }

  RegionId regionId() {
    return new RegionId(region);
  }

  /** The layout of the store that this configures, whose id the databases say. */
  public StoreLayout layout(String storeId) {
    return new StoreLayout(
        regionId(),
        storeId,
        shardCount,
        eventsPartitions,
        databases.stream().map(DatabaseConfig::name).toList(),
        homes());
  }

  /** Index of the database that holds each shard. */
  public int[] homes() {
    var homes = new int[shardCount];
    for (var i = 0; i < databases.size(); i++) {
      for (var shard : databases.get(i).shards().toArray()) {
        homes[shard] = i;
      }
    }
    return homes;
  }

  private static void requireEachShardOnce(List<DatabaseConfig> databases, int shardCount) {
    var all = new BitSet();
    for (var database : databases) {
      var twice = database.shards().bits();
      twice.and(all);
      if (!twice.isEmpty()) {
        throw new StoreLayoutException(
            ("shards %s of database '%s' belong to another database as well:"
                    + " give each shard one home")
                .formatted(ShardRanges.ofBits(twice), database.name()));
      }
      all.or(database.shards().bits());
    }
    if (all.length() > shardCount) {
      all.clear(0, shardCount);
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              "shards %s are configured, but %d shards end at %d: correct the ranges",
              ShardRanges.ofBits(all),
              shardCount,
              shardCount - 1));
    }
    all.flip(0, shardCount);
    if (!all.isEmpty()) {
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              "shards %s have no database: the databases' ranges must cover 0-%d",
              ShardRanges.ofBits(all),
              shardCount - 1));
    }
  }
}
