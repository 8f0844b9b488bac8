package dev.anabranch.connectors.mysql.query;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.connectors.mysql.connection.SqlBuffer;
import dev.anabranch.connectors.mysql.connection.SqlDialect;
import dev.anabranch.connectors.mysql.connection.SqlFailure;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewMark;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    return read(version, aggregates, "");
  }

  private Map<AggregateKey, VectorTime> read(
      VersionId version, Collection<AggregateKey> aggregates, String lock) throws SQLException {
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
    try (var result = statement.executeQuery(sql.sql(')').sql(lock).toStatement())) {
      while (result.next()) {
        shown.put(
            new AggregateKey(MySqlQuerySession.text(result, 1), MySqlQuerySession.text(result, 2)),
            VectorTime.fromToken(MySqlQuerySession.text(result, 3)));
      }
    }
    return shown;
  }

  /**
   * Within the caller's transaction.
   *
   * @return false if another view than a mark says is shown now, so that the transaction is to go
   */
  boolean write(VersionId version, List<ViewMark> marks) throws SQLException {
    var known = marks.stream().filter(mark -> mark.before().isPresent()).toList();
    if (!known.isEmpty()) {
      // Whoever brings another view of one of them waits for the end of this transaction.
      var shown = read(version, known.stream().map(ViewMark::aggregate).toList(), " FOR UPDATE");
      for (var mark : known) {
        if (!mark.before().equals(Optional.ofNullable(shown.get(mark.aggregate())))) {
          return false;
        }
      }
      insert(version, known, true);
    }
    try {
      insert(version, marks.stream().filter(mark -> mark.before().isEmpty()).toList(), false);
      return true;
    } catch (SQLException e) {
      if (SqlFailure.of(e) == SqlFailure.DUPLICATE_KEY) {
        return false;
      }
      throw e;
    }
  }

  private void insert(VersionId version, List<ViewMark> marks, boolean replacing)
      throws SQLException {
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
    if (replacing) {
      sql.sql(dialect.rowAlias()).sql(" ON DUPLICATE KEY UPDATE revision=");
      sql.sql(dialect.incoming("revision"));
    }
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
