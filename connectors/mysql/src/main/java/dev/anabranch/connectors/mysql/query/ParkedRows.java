package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.VersionId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the log that projections have parked, for tools: to look at, and to ask the
 * projection job to try them again or to leave one out.
 */
public final class ParkedRows {

  private static final int UNKNOWN_TABLE = 1146;

  private final DatabaseConnector database;

  public ParkedRows(QueryConfig config) {
    this.database = config.connector();
  }

  /**
   * One of them.
   *
   * @param waiting rows of the same aggregate behind it
   * @param request what was asked for and not done yet
   */
  public record Failed(
      VersionId version, ParkedRow row, long waiting, Optional<ParkedRequest.Action> request) {}

  /**
   * The failed rows, oldest first, each with the number of those that wait behind it.
   *
   * @param projection null: of all
   * @param limit at most that many
   */
  public List<Failed> failed(@Nullable String projection, int limit) {
    try (var admin = QueryAdmin.connect(database);
        var select =
            admin.prepare(
                "SELECT f.projection, f.version, f.shard, f.shard_offset, f.aggregate_type,"
                    + " f.aggregate_id, f.reason, f.parked_at, f.request,"
                    + " (SELECT COUNT(*) FROM projection_parked w WHERE w.projection = f.projection"
                    + " AND w.version = f.version AND w.aggregate_type = f.aggregate_type"
                    + " AND w.aggregate_id = f.aggregate_id) - 1"
                    + " FROM projection_parked f WHERE f.reason <> '' AND (? = '' OR f.projection = ?)"
                    + " ORDER BY f.parked_at, f.shard, f.shard_offset LIMIT ?",
                projection == null ? "" : projection,
                projection == null ? "" : projection,
                limit);
        var result = select.executeQuery()) {
      var failed = new ArrayList<Failed>();
      while (result.next()) {
        var aggregate =
            new AggregateKey(MySqlQuerySession.text(result, 5), MySqlQuerySession.text(result, 6));
        var request = result.getInt(9);
        failed.add(
            new Failed(
                new VersionId(MySqlQuerySession.text(result, 1), result.getInt(2)),
                new ParkedRow(
                    new LogPosition(result.getInt(3), result.getLong(4)),
                    aggregate,
                    MySqlQuerySession.text(result, 7),
                    result.getLong(8)),
                result.getLong(10),
                request == 0
                    ? Optional.empty()
                    : Optional.of(ParkedRequest.Action.ofCode(request))));
      }
      return failed;
    } catch (SQLException e) {
      if (e.getErrorCode() == UNKNOWN_TABLE) {
        return List.of();
      }
      throw database.failure("read the parked rows of", e);
    }
  }

  /**
   * Asks the projection job to do something about one failed row; it does so within seconds, or
   * when it runs again.
   *
   * @return false if the version has no such failed row
   */
  public boolean request(VersionId version, LogPosition row, ParkedRequest.Action action) {
    return update(
        "UPDATE projection_parked SET request = ? WHERE projection = ? AND version = ?"
            + " AND shard = ? AND shard_offset = ? AND reason <> ''",
        action.code(),
        version.projection(),
        version.version(),
        row.shard(),
        row.offset());
  }

  /**
   * Asks for the action on each failed row of an aggregate. An aggregate has one, unless its views
   * lie in several partitions.
   *
   * @return false if the aggregate has no failed row in that version
   */
  public boolean request(VersionId version, AggregateKey aggregate, ParkedRequest.Action action) {
    return update(
        "UPDATE projection_parked SET request = ? WHERE projection = ? AND version = ?"
            + " AND aggregate_type = ? AND aggregate_id = ? AND reason <> ''",
        action.code(),
        version.projection(),
        version.version(),
        aggregate.type(),
        aggregate.id());
  }

  /**
   * Asks for the action on every failed row of a version, in one statement.
   *
   * @param reason only those whose reason has this text; empty: all
   * @return how many these are
   */
  public int requestAll(VersionId version, String reason, ParkedRequest.Action action) {
    return count(
        "UPDATE projection_parked SET request = ? WHERE projection = ? AND version = ?"
            + " AND reason <> '' AND (? = '' OR LOCATE(?, reason) > 0)",
        action.code(),
        version.projection(),
        version.version(),
        reason,
        reason);
  }

  private boolean update(String sql, Object... values) {
    return count(sql, values) > 0;
  }

  private int count(String sql, Object... values) {
    try (var admin = QueryAdmin.connect(database)) {
      return admin.update(sql, values);
    } catch (SQLException e) {
      throw database.failure("write to the parked rows of", e);
    }
  }
}
