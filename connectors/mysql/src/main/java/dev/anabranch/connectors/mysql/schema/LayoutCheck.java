package dev.anabranch.connectors.mysql.schema;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.store.StoreLayoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/**
 * Compares a database with the configuration. Each contradiction is a {@link StoreLayoutException}
 * that says what differs and what to do.
 */
public final class LayoutCheck {

  /** Version of the newest migration of this release. */
  public static final int SCHEMA_VERSION = 7;

  /** Oldest version that has all that reading the log needs. */
  static final int READABLE_VERSION = 1;

  static final String SCHEMA_HISTORY = "anabranch_schema";

  public static final int NO_SUCH_TABLE = 1146;

  private final MySqlStoreConfig config;
  private final int needed;

  private LayoutCheck(MySqlStoreConfig config, int needed) {
    this.config = config;
    this.needed = needed;
  }

  /** The check of who appends: every migration of this release must be there. */
  public static LayoutCheck forWriting(MySqlStoreConfig config) {
    return new LayoutCheck(config, SCHEMA_VERSION);
  }

  /**
   * The check of who only reads the log: a database of an older release will do, so that a new
   * release can be tried on it before it is migrated.
   */
  public static LayoutCheck forReading(MySqlStoreConfig config) {
    return new LayoutCheck(config, READABLE_VERSION);
  }

  /**
   * Checks everything that must hold before a row is appended.
   *
   * @return what the database says about itself
   */
  public RegionMeta requireReady(DatabaseConnector database, Connection connection)
      throws SQLException {
    var where = database.where();
    requireSchema(where, connection, needed);
    var meta = RegionMeta.read(connection).orElseThrow(() -> notMigrated(where));
    requireSameRegion(where, meta);
    requireSameHomes(database, connection);
    return meta;
  }

  static void requireSameHomes(DatabaseConnector database, Connection connection)
      throws SQLException {
    var homes = RegionMeta.readHomes(connection);
    if (!homes.equals(database.config().shards())) {
      throw new StoreLayoutException(
          database.where()
              + " holds the shards "
              + homes
              + ", the configuration gives it "
              + database.config().shards()
              + ": correct the ranges; a shard moves with its rows, never by configuration");
    }
  }

  /**
   * Checks that the tables are at least those of the version, and none that this release can't use.
   */
  static void requireSchema(String where, Connection connection, int needed) throws SQLException {
    var version = schemaVersion(connection);
    if (version < needed) {
      throw version == 0
          ? notMigrated(where)
          : new StoreLayoutException(
              where
                  + " has schema version "
                  + version
                  + ", this release needs "
                  + needed
                  + ": run 'anabranch schema migrate'");
    }
    requireUsable(where, connection, version);
  }

  /**
   * A newer release may have migrated the database already. That is no hindrance if its migrations
   * are additive: each says which version a release must know at least.
   */
  static void requireUsable(String where, Connection connection, int version) throws SQLException {
    if (version <= SCHEMA_VERSION) {
      return;
    }
    var least = leastReader(connection, version);
    if (least > SCHEMA_VERSION) {
      throw new StoreLayoutException(
          where
              + " has schema version "
              + version
              + " of a newer release, which a release must know from version "
              + least
              + " on; this one knows "
              + SCHEMA_VERSION
              + ": upgrade this program");
    }
  }

  /** The version itself if some migration beyond this release says nothing. */
  private static int leastReader(Connection connection, int version) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT COALESCE(MAX(COALESCE(r.least_reader, h.v)), 0) FROM (SELECT"
                    + " CAST(version AS UNSIGNED) AS v FROM "
                    + SCHEMA_HISTORY
                    + " WHERE success = 1) h LEFT JOIN schema_reader r ON r.version = h.v"
                    + " WHERE h.v > "
                    + SCHEMA_VERSION)) {
      return result.next() ? result.getInt(1) : version;
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_TABLE) {
        return version;
      }
      throw e;
    }
  }

  /** 0 if the database was never migrated. */
  static int schemaVersion(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT COALESCE(MAX(CAST(version AS UNSIGNED)), 0) FROM "
                    + SCHEMA_HISTORY
                    + " WHERE success = 1")) {
      return result.next() ? result.getInt(1) : 0;
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_TABLE) {
        return 0;
      }
      throw e;
    }
  }

  void requireSameRegion(String where, RegionMeta meta) {
    if (!meta.region().equals(config.region())) {
      throw new StoreLayoutException(
          "%s belongs to region '%s', not to '%s': correct the URL or the region"
              .formatted(where, meta.region(), config.region()));
    }
    if (meta.layoutVersion() > RegionMeta.LAYOUT_VERSION) {
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              "%s has layout version %d of a newer release, this one knows %d: upgrade this program",
              where,
              meta.layoutVersion(),
              RegionMeta.LAYOUT_VERSION));
    }
    if (meta.shardCount() != config.shardCount()) {
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              ("%s was created for %d shards, the configuration says %d: the count is fixed when a"
                  + " region is created; configure %d"),
              where,
              meta.shardCount(),
              config.shardCount(),
              meta.shardCount()));
    }
    if (meta.eventsPartitions() != config.eventsPartitions()) {
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              ("%s was created for %d partitions of events, the configuration says %d: the count is"
                  + " fixed when a region is created; configure %d"),
              where,
              meta.eventsPartitions(),
              config.eventsPartitions(),
              meta.eventsPartitions()));
    }
  }

  /** Checks that both databases are parts of one store. */
  public static void requireSameStore(
      String where, RegionMeta meta, String otherWhere, String otherStoreId) {
    if (!meta.storeId().equals(otherStoreId)) {
      throw new StoreLayoutException(
          ("%s is part of store %s, but %s of store %s: one of them is another system's database or"
                  + " was created anew; correct its URL or restore it")
              .formatted(where, meta.storeId(), otherWhere, otherStoreId));
    }
  }

  static StoreLayoutException notMigrated(String where) {
    return new StoreLayoutException(
        where + " holds no event store yet: run 'anabranch schema migrate'");
  }
}
