package dev.anabranch.connectors.mysql;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewMark;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Table {@code projection_view}: which view of each aggregate a version shows. */
final class ShownViews {

  static final String TABLE = "projection_view";

  private static final int ROWS_PER_DELETE = 10_000;

  private final Statement statement;
  private final SqlDialect dialect;
  private final SqlBuffer sql = new SqlBuffer();

  ShownViews(Statement statement, SqlDialect dialect) {
    this.statement = statement;
    this.dialect = dialect;
  }

  Map<AggregateKey, VectorTime> read(VersionId version, Collection<AggregateKey> aggregates)
      throws SQLException {
    var shown = new HashMap<AggregateKey, VectorTime>();
    if (aggregates.isEmpty()) {
      return shown;
    }
    sql.clear();
    sql.sql("SELECT aggregate_type, aggregate_id, revision FROM ").sql(TABLE);
    sql.sql(" WHERE projection = ").binary(version.projection());
    sql.sql(" AND version = ").number(version.version());
    sql.sql(" AND (aggregate_type, aggregate_id) IN (");
    var separator = "(";
    for (var aggregate : aggregates) {
      sql.sql(separator).binary(aggregate.type()).sql(',').binary(aggregate.id()).sql(')');
      separator = ",(";
    }
    try (var result = statement.executeQuery(sql.sql(')').toStatement())) {
      while (result.next()) {
        shown.put(
            new AggregateKey(MySqlQuerySession.text(result, 1), MySqlQuerySession.text(result, 2)),
            VectorTime.fromToken(MySqlQuerySession.text(result, 3)));
      }
    }
    return shown;
  }

  /** Within the caller's transaction. */
  void write(VersionId version, List<ViewMark> marks) throws SQLException {
    if (marks.isEmpty()) {
      return;
    }
    sql.clear();
    sql.sql("INSERT INTO ").sql(TABLE);
    sql.sql(" (projection, version, aggregate_type, aggregate_id, revision) VALUES ");
    var separator = "(";
    for (var mark : marks) {
      sql.sql(separator).binary(version.projection()).sql(',').number(version.version());
      sql.sql(',').binary(mark.aggregate().type()).sql(',').binary(mark.aggregate().id());
      sql.sql(',').binary(mark.revision().token()).sql(')');
      separator = ",(";
    }
    sql.sql(dialect.rowAlias()).sql(" ON DUPLICATE KEY UPDATE revision=");
    sql.sql(dialect.incoming("revision"));
    statement.executeUpdate(sql.toStatement());
  }

  /** Removes what a dropped version has here, which may be as much as there are aggregates. */
  static void forget(QueryAdmin admin, VersionId version) throws SQLException {
    var deleted = ROWS_PER_DELETE;
    while (deleted == ROWS_PER_DELETE) {
      deleted =
          admin.update(
              "DELETE FROM projection_view WHERE projection = ? AND version = ? LIMIT "
                  + ROWS_PER_DELETE,
              version.projection(),
              version.version());
    }
  }
}
