package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.Projections;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.StoreLayoutException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The life of versions: begun, shown to readers, dropped.
 *
 * <p><b>Readers</b> use a view for each table, named as the table is declared. A switch puts the
 * views of all tables of a projection in place with one RENAME TABLE: no reader misses a table, and
 * each changes at once. The statement waits for queries that are under way. (MySQL opens the views
 * of a query one by one: one that joins several tables in that very moment may see one of each
 * version.)
 *
 * <p><b>Recovery.</b> DDL is not transactional here, so each step leaves a trace that a repeat
 * understands: {@link #switchTo} and {@link #drop} may be repeated after any failure, {@link
 * #begin} leaves at most a version that {@link #drop} removes.
 */
public final class ProjectionTables {

  private static final int POSITIONS_PER_INSERT = 1_000;

  private final DatabaseConnector database;
  private final QueryOwner owner;

  public ProjectionTables(QueryConfig config, QueryOwner owner) {
    this.database = config.connector();
    this.owner = owner;
  }

  /** Work on the one connection that may change tables. */
  private interface Work<T> {
    T run(QueryAdmin admin) throws SQLException;
  }

  /**
   * Makes sure that each of these projections has a version that this code can fill, and that its
   * tables are as declared.
   *
   * @param migrate whether to create what is missing: the records, the first version of a
   *     projection
   * @throws StoreLayoutException naming everything that is wrong, with the remedies
   */
  public void prepare(Projections projections, boolean migrate) {
    work(
        admin -> {
          if (migrate) {
            admin.lock();
            admin.migrate(owner);
          }
          QueryMeta.requireOwner(database, admin.connection(), owner);
          var problems = new ArrayList<String>();
          for (var projection : projections.all()) {
            if (migrate && versionsOf(admin, projection.name()).isEmpty()) {
              switchTo(admin, begin(admin, projection));
            }
            problems.addAll(problemsOf(admin, projection));
          }
          if (!problems.isEmpty()) {
            throw new StoreLayoutException(String.join("\n", problems));
          }
          return true;
        });
  }

  /**
   * Begins a version beside those that are there; the projection job fills it. A projection's very
   * first version is shown to readers at once.
   */
  public VersionId begin(Projection projection) {
    return work(
        admin -> {
          admin.lock();
          admin.migrate(owner);
          var version = begin(admin, projection);
          if (version.version() == 1) {
            switchTo(admin, version);
          }
          return version;
        });
  }

  /**
   * Shows a version to readers instead of the one that they see.
   *
   * @throws StoreLayoutException if there is no such version
   */
  public void switchTo(VersionId version) {
    work(
        admin -> {
          admin.lock();
          switchTo(admin, version);
          return true;
        });
  }

  /**
   * Removes a version with its tables, positions and parked rows.
   *
   * @throws StoreLayoutException if readers see it, or there is no such version
   */
  public void drop(VersionId version) {
    work(
        admin -> {
          admin.lock();
          drop(admin, version);
          return true;
        });
  }

  /** All versions, ordered by projection and version; none if the schema holds no projections. */
  public List<VersionStatus> list() {
    return work(
        admin -> {
          var found = QueryMeta.read(database, admin.connection());
          if (found.isEmpty()) {
            return List.of();
          }
          QueryMeta.requireSame(database, found.get(), owner);
          var noted = new TableDdl(database, admin.connection()).kindOf(FollowedTopics.TABLE);
          return new VersionReader(admin).all(noted == null ? Map.of() : FollowedTopics.all(admin));
        });
  }

  // -- Beginning.

  private VersionId begin(QueryAdmin admin, Projection projection) throws SQLException {
    var name = projection.name();
    var ddl = new TableDdl(database, admin.connection());
    for (var table : projection.tables()) {
      requireNotOfOther(admin, projection, table);
      ddl.requireViewOrNothing(table.name());
    }
    // First the number and the names: whatever is created after that, drop() knows.
    admin.inTransaction(
        () -> {
          admin.update(
              "INSERT INTO projection (name, last_version) VALUES (?, 1)"
                  + " ON DUPLICATE KEY UPDATE last_version = last_version + 1",
              name);
          for (var table : projection.tables()) {
            admin.update(
                "INSERT INTO projection_table (projection, version, table_name)"
                    + " SELECT name, last_version, ? FROM projection WHERE name = ?",
                table.name(),
                name);
          }
        });
    var number =
        admin.number("SELECT last_version FROM projection WHERE name = ?", name).orElseThrow();
    var version = new VersionId(name, number.intValue());
    var created = new ArrayList<QueryTable>();
    try {
      for (var table : projection.tables()) {
        admin.execute(ddl.create(table, version));
        created.add(table);
      }
    } catch (SQLException e) {
      giveUp(admin, version, created, e);
      throw e;
    }
    admin.inTransaction(
        () -> {
          admin.update(
              "INSERT INTO projection_version (projection, version, revision, definition,"
                  + " created_at) VALUES (?, ?, ?, ?, ?)",
              name,
              number,
              projection.revision(),
              projection.definition(),
              ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
          insertPositions(admin, version);
        });
    return version;
  }

  /** A version that can't be made uses up no number and leaves no table of its own. */
  private static void giveUp(
      QueryAdmin admin, VersionId version, List<QueryTable> created, SQLException cause) {
    try {
      for (var table : created) {
        admin.execute(
            "DROP TABLE " + TableNames.quoted(TableNames.physical(table.name(), version)));
      }
      admin.inTransaction(
          () -> {
            admin.update(
                "DELETE FROM projection_table WHERE projection = ? AND version = ?",
                version.projection(),
                version.version());
            admin.update(
                "UPDATE projection SET last_version = last_version - 1"
                    + " WHERE name = ? AND last_version = ?",
                version.projection(),
                version.version());
            admin.update(
                "DELETE FROM projection WHERE name = ? AND last_version = 0", version.projection());
          });
    } catch (SQLException e) {
      // What is left is dropped with the version's number: say what went wrong first.
      cause.addSuppressed(e);
    }
  }

  private static void requireNotOfOther(QueryAdmin admin, Projection projection, QueryTable table)
      throws SQLException {
    var others =
        admin.number(
            "SELECT COUNT(*) FROM projection_table WHERE table_name = ? AND projection <> ?",
            table.name(),
            projection.name());
    if (others.orElse(0L) > 0) {
      throw new StoreLayoutException(
          "table %s belongs to another projection than %s in the query database: rename it, or drop"
                  .formatted(table, projection.name())
              + " that projection's versions");
    }
  }

  private void insertPositions(QueryAdmin admin, VersionId version) throws SQLException {
    for (var first = 0; first < owner.shardCount(); first += POSITIONS_PER_INSERT) {
      var sql =
          new StringBuilder(
              "INSERT INTO projection_position (projection, version, shard, next_offset, writer,"
                  + " hlc) VALUES ");
      var end = Math.min(owner.shardCount(), first + POSITIONS_PER_INSERT);
      for (var shard = first; shard < end; shard++) {
        sql.append(shard == first ? "" : ",");
        sql.append("('").append(version.projection()).append("',").append(version.version());
        sql.append(',').append(shard).append(",0,0,0)");
      }
      admin.execute(sql.toString());
    }
  }

  // -- Switching.

  private void switchTo(QueryAdmin admin, VersionId version) throws SQLException {
    var exists =
        admin.number(
            "SELECT revision FROM projection_version WHERE projection = ? AND version = ?",
            version.projection(),
            version.version());
    if (exists.isEmpty()) {
      throw noSuch(version);
    }
    admin.update(
        "UPDATE projection SET next_live = ? WHERE name = ?",
        version.version(),
        version.projection());
    replaceViews(admin, version);
    admin.update(
        "UPDATE projection SET live_version = ?, next_live = NULL WHERE name = ?",
        version.version(),
        version.projection());
    for (var table : tablesEver(admin, version.projection())) {
      admin.execute("DROP VIEW IF EXISTS " + TableNames.quoted(TableNames.former(table)));
    }
  }

  private void replaceViews(QueryAdmin admin, VersionId version) throws SQLException {
    var ddl = new TableDdl(database, admin.connection());
    var renames = new ArrayList<String>();
    var shown = tablesOf(admin, version);
    for (var table : tablesEver(admin, version.projection())) {
      var view = TableNames.quoted(table);
      var next = TableNames.quoted(TableNames.next(table));
      var former = TableNames.quoted(TableNames.former(table));
      admin.execute("DROP VIEW IF EXISTS " + former);
      if (ddl.requireViewOrNothing(table)) {
        renames.add(view + " TO " + former);
      }
      if (shown.contains(table)) {
        admin.execute(
            "CREATE OR REPLACE SQL SECURITY INVOKER VIEW "
                + next
                + " AS SELECT * FROM "
                + TableNames.quoted(TableNames.physical(table, version)));
        renames.add(next + " TO " + view);
      }
    }
    admin.execute("RENAME TABLE " + String.join(", ", renames));
  }

  // -- Dropping.

  private void drop(QueryAdmin admin, VersionId version) throws SQLException {
    var tables = tablesOf(admin, version);
    if (tables.isEmpty()) {
      throw noSuch(version);
    }
    var shown =
        admin.number(
            "SELECT COUNT(*) FROM projection WHERE name = ? AND ? IN (live_version, next_live)",
            version.projection(),
            version.version());
    if (shown.orElse(0L) > 0) {
      throw new StoreLayoutException(
          "readers see %s: switch them to another version before you drop this one"
              .formatted(version));
    }
    admin.inTransaction(
        () -> {
          for (var table :
              List.of("projection_version", "projection_position", "projection_parked")) {
            admin.update(
                "DELETE FROM " + table + " WHERE projection = ? AND version = ?",
                version.projection(),
                version.version());
          }
        });
    var ddl = new TableDdl(database, admin.connection());
    if (ddl.kindOf(ShownViews.TABLE) != null) {
      ShownViews.forget(admin, version);
    }
    if (ddl.kindOf(FollowedTopics.TABLE) != null) {
      FollowedTopics.forget(admin, version);
    }
    if (ddl.kindOf(LostRows.TABLE) != null) {
      admin.update(
          "DELETE FROM " + LostRows.TABLE + " WHERE projection = ? AND version = ?",
          version.projection(),
          version.version());
    }
    for (var table : tables) {
      admin.execute(
          "DROP TABLE IF EXISTS " + TableNames.quoted(TableNames.physical(table, version)));
    }
    admin.update(
        "DELETE FROM projection_table WHERE projection = ? AND version = ?",
        version.projection(),
        version.version());
  }

  // -- Checks.

  private List<String> problemsOf(QueryAdmin admin, Projection projection) throws SQLException {
    var versions = versionsOf(admin, projection.name());
    if (versions.isEmpty()) {
      return List.of(
          "%s has no tables of projection %s: run 'anabranch projections rebuild %s', or start the job with query.migrate = true"
              .formatted(database.where(), projection.name(), projection.name()));
    }
    var ofRevision = new ArrayList<VersionId>();
    var problems = new ArrayList<String>();
    for (var version : versions.entrySet()) {
      if (version.getValue().revision() == projection.revision()) {
        ofRevision.add(version.getKey());
        if (!version.getValue().definition().equals(projection.definition())) {
          problems.add(
              String.format(
                  Locale.ROOT,
                  ("the tables of projection %s are declared otherwise than those of %s were made, with"
                      + " the same revision %d: raise the revision and run 'anabranch projections"
                      + " rebuild %s'. Made: %s. Declared: %s"),
                  projection.name(),
                  version.getKey(),
                  projection.revision(),
                  projection.name(),
                  version.getValue().definition(),
                  projection.definition()));
        }
      }
    }
    if (ofRevision.isEmpty()) {
      return List.of(
          String.format(
              Locale.ROOT,
              ("projection %s has revision %d here, its versions in the query database have other ones"
                  + " (%s): run 'anabranch projections rebuild %s' with this code; the job with the"
                  + " other code can go on meanwhile"),
              projection.name(),
              projection.revision(),
              shown(versions),
              projection.name()));
    }
    return problems.isEmpty() ? tableProblems(admin, projection, ofRevision) : problems;
  }

  private List<String> tableProblems(
      QueryAdmin admin, Projection projection, List<VersionId> versions) throws SQLException {
    var ddl = new TableDdl(database, admin.connection());
    var problems = new ArrayList<String>();
    for (var needed : projection.followsViews() ? FollowedTopics.tables() : List.<String>of()) {
      if (ddl.kindOf(needed) == null) {
        return List.of(
            ("%s has no table %s, which projection %s of views needs: start the job with query.migrate"
                    + " = true once, or run 'anabranch projections rebuild %s'")
                .formatted(database.where(), needed, projection.name(), projection.name()));
      }
    }
    for (var version : versions) {
      for (var table : projection.tables()) {
        var differences = ddl.differences(table, version);
        for (var difference : differences) {
          problems.add(
              "%s: restore it, or run 'anabranch projections rebuild %s' and drop %s"
                  .formatted(difference, projection.name(), version));
        }
        if (differences.isEmpty()) {
          ddl.requireGrants(table, version);
        }
      }
    }
    return problems;
  }

  private static String shown(Map<VersionId, Made> versions) {
    var texts = new ArrayList<String>();
    versions.forEach((id, made) -> texts.add("v" + id.version() + ": revision " + made.revision()));
    return String.join(", ", texts);
  }

  /** The code that a version was made of. */
  private record Made(int revision, String definition) {}

  private static Map<VersionId, Made> versionsOf(QueryAdmin admin, String projection)
      throws SQLException {
    var versions = new HashMap<VersionId, Made>();
    try (var select =
            admin.prepare(
                "SELECT version, revision, definition FROM projection_version WHERE projection = ?",
                projection);
        var result = select.executeQuery()) {
      while (result.next()) {
        versions.put(
            new VersionId(projection, result.getInt(1)),
            new Made(result.getInt(2), MySqlQuerySession.text(result, 3)));
      }
    }
    var sorted = new TreeMap<VersionId, Made>(java.util.Comparator.comparing(VersionId::version));
    sorted.putAll(versions);
    return sorted;
  }

  private static List<String> tablesOf(QueryAdmin admin, VersionId version) throws SQLException {
    return VersionReader.texts(
        admin,
        "SELECT table_name FROM projection_table WHERE projection = ? AND version = ?"
            + " ORDER BY table_name",
        version.projection(),
        version.version());
  }

  /** The tables of all versions of the projection, in the order of the names. */
  private static List<String> tablesEver(QueryAdmin admin, String projection) throws SQLException {
    return VersionReader.texts(
        admin,
        "SELECT DISTINCT table_name FROM projection_table WHERE projection = ? ORDER BY table_name",
        projection);
  }

  private StoreLayoutException noSuch(VersionId version) {
    return new StoreLayoutException(
        "%s has no %s; 'anabranch projections list' shows what it has"
            .formatted(database.where(), version));
  }

  private <T> T work(Work<T> work) {
    try (var admin = QueryAdmin.connect(database)) {
      return work.run(admin);
    } catch (SQLException e) {
      throw database.failure("work on the projections of", e);
    }
  }

  /** The version that readers see. */
  public Optional<VersionId> live(String projection) {
    return list().stream()
        .filter(v -> v.id().projection().equals(projection) && v.live())
        .map(VersionStatus::id)
        .findAny();
  }
}
