package dev.anabranch.connectors.mysql.schema;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads from the databases themselves what region they make up, for tools that are only told where
 * they are.
 */
public final class StoreDiscovery {

  private StoreDiscovery() {}

  /**
   * The configuration of the region that the databases belong to. Pass it on to {@link
   * MySqlEventStoreFactory} or {@link SchemaMigrator#validate} to have it checked.
   *
   * @param databases all of the region, in any order; their shards are ignored
   * @throws StoreLayoutException if a database has no event store, or they are not one region's all
   * @throws StoreUnavailableException if a database can't be reached
   */
  public static MySqlStoreConfig read(List<DatabaseConfig> databases, SessionSettings settings) {
    return read(databases, settings, LayoutCheck.SCHEMA_VERSION);
  }

  /** Reads the layout for who only reads the log: a schema of an older release will do. */
  public static MySqlStoreConfig readForReading(
      List<DatabaseConfig> databases, SessionSettings settings) {
    return read(databases, settings, LayoutCheck.READABLE_VERSION);
  }

  private static MySqlStoreConfig read(
      List<DatabaseConfig> databases, SessionSettings settings, int needed) {
    if (databases.isEmpty()) {
      throw new StoreLayoutException("no database is configured: name at least one");
    }
    var found = new ArrayList<DatabaseConfig>();
    var metas = new ArrayList<RegionMeta>();
    for (var config : databases) {
      var database = new DatabaseConnector(config, settings);
      try (var connection = database.connect()) {
        LayoutCheck.requireSchema(database.where(), connection, needed);
        var meta =
            RegionMeta.read(connection)
                .orElseThrow(() -> LayoutCheck.notMigrated(database.where()));
        requireOneRegion(database.where(), meta, metas);
        metas.add(meta);
        found.add(config.withShards(RegionMeta.readHomes(connection)));
      } catch (SQLException e) {
        throw database.failure("read the layout of", e);
      }
    }
    var meta = metas.get(0);
    return new MySqlStoreConfig(
        meta.region(), meta.shardCount(), meta.eventsPartitions(), found, settings);
  }

  private static void requireOneRegion(String where, RegionMeta meta, List<RegionMeta> others) {
    if (!others.isEmpty() && !others.get(0).region().equals(meta.region())) {
      throw new StoreLayoutException(
          "%s belongs to region '%s', another one to '%s': name the databases of one region"
              .formatted(where, meta.region(), others.get(0).region()));
    }
  }
}
