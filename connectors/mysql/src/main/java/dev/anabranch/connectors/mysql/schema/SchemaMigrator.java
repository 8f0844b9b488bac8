package dev.anabranch.connectors.mysql.schema;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SessionStart;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Creates and checks the tables and the identity of a region's databases.
 *
 * <p><b>Recovery.</b> Both methods may be repeated at any time: a migration that stopped half-way
 * is finished by the next one, with the same store id. Migrations of one region wait for each
 * other.
 */
public final class SchemaMigrator {

  /** So many rows are rewritten within seconds. */
  private static final long QUICK_ROWS = 1_000_000;

  private final MySqlStoreConfig config;
  private final LayoutCheck check;
  private final List<DatabaseConnector> databases;

  public SchemaMigrator(MySqlStoreConfig config) {
    this.config = config;
    this.check = LayoutCheck.forWriting(config);
    this.databases =
        config.databases().stream()
            .map(database -> new DatabaseConnector(database, config.sessions()))
            .toList();
  }

  /**
   * Creates what is missing: tables, the region's record with one store id for all databases, the
   * shards' homes. Changes nothing if any database contradicts the configuration.
   *
   * @throws StoreLayoutException if a database belongs to something else, or a grant is missing
   * @throws StoreUnavailableException if a database can't be reached: all of them are needed
   */
  public StoreLayout migrate() {
    return migrate(member -> {});
  }

  /**
   * Migrates as {@link #migrate} does, for a job that starts: refuses a migration that may take
   * longer than a client waits for its submission.
   */
  public StoreLayout migrateAtStart() {
    return migrateAtStart(QUICK_ROWS);
  }

  public StoreLayout migrateAtStart(long quickRows) {
    return migrate(member -> member.requireQuick(quickRows));
  }

  private StoreLayout migrate(Consumer<MigratingDatabase> accept) {
    var members = new ArrayList<MigratingDatabase>();
    try {
      for (var database : databases) {
        members.add(MigratingDatabase.connect(database));
      }
      lock(members);
      // First everything that may be refused, then the first change.
      var common = new CommonStoreId();
      for (var member : members) {
        member.readMeta(check).ifPresent(meta -> common.require(member.where(), meta));
        accept.accept(member);
      }
      var storeId = common.get().orElseGet(() -> UUID.randomUUID().toString());
      for (var member : members) {
        member.createTables();
        member.join(config, storeId);
      }
      return config.layout(storeId);
    } finally {
      members.forEach(MigratingDatabase::close);
    }
  }

  /**
   * Every database, in an order that does not depend on the configuration: jobs may list them
   * otherwise. Older releases lock the first of theirs only, under the region's name.
   */
  private void lock(List<MigratingDatabase> members) {
    members.get(0).lockRegion(config.region());
    var inOrder = new TreeMap<String, MigratingDatabase>();
    members.forEach(member -> inOrder.putIfAbsent(member.lockOrder(), member));
    inOrder.values().forEach(member -> member.lockSchema(config.region()));
  }

  /**
   * Checks every database and changes nothing.
   *
   * @throws StoreLayoutException naming everything that is wrong, in all databases
   * @throws StoreUnavailableException if a database can't be reached
   */
  public StoreLayout validate() {
    var problems = new ArrayList<String>();
    StoreUnavailableException unreachable = null;
    var storeId = new CommonStoreId();
    for (var database : databases) {
      try {
        storeId.require(database.where(), readMeta(database));
      } catch (StoreLayoutException e) {
        problems.add(e.getMessage());
      } catch (StoreUnavailableException e) {
        unreachable = e;
      }
    }
    if (!problems.isEmpty()) {
      throw new StoreLayoutException(String.join("\n", problems));
    }
    if (unreachable != null) {
      throw unreachable;
    }
    return config.layout(storeId.get().orElseThrow());
  }

  private RegionMeta readMeta(DatabaseConnector database) {
    try (var connection = database.connect()) {
      var meta = check.requireReady(database, connection);
      SessionStart.check(database, connection);
      return meta;
    } catch (SQLException e) {
      throw database.failure("check", e);
    }
  }
}
