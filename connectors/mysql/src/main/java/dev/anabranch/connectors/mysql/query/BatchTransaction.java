package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.SqlBuffer;
import dev.anabranch.connectors.mysql.connection.SqlFailure;
import dev.anabranch.model.LogPosition;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.ShardAdvance;
import dev.anabranch.query.VersionId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One batch as one transaction.
 *
 * <p><b>Fence.</b> The positions of the batch's shards are moved first, if all are where the batch
 * begins and under its writer: whoever claims a shard waits for the lock, and whoever has lost one
 * moves nothing. Only then they are read, to say why. As positions and row changes commit together,
 * a position that is where the batch leads to, under the batch's writer, says that the batch was
 * applied before.
 *
 * <p><b>Failure.</b> A deadlock or a lock timeout rolls back and begins again, {@value
 * #MAX_ATTEMPTS} times. All round trips but the last one, the commit, are checked one by one: so a
 * lost connection either had its transaction rolled back by the server, or its commit was on the
 * way.
 */
final class BatchTransaction {

  private static final int MAX_ATTEMPTS = 10;

  private final Connection connection;
  private final Statement statement;
  private final ChangeStatements changes;
  private final ShownViews views;
  private final SqlBuffer sql = new SqlBuffer();

  BatchTransaction(
      Connection connection, Statement statement, ChangeStatements changes, ShownViews views) {
    this.connection = connection;
    this.statement = statement;
    this.changes = changes;
    this.views = views;
  }

  /** Where a version is in one shard. */
  private record Position(long next, long writer) {}

  ApplyResult apply(QueryBatch batch) throws SQLException {
    for (var attempt = 1; ; attempt++) {
      try {
        if (!moveAll(batch)) {
          connection.rollback();
          var verdict = locked(batch);
          if (verdict.isPresent()) {
            connection.rollback();
            return verdict.get();
          }
          move(batch, moving(batch));
        }
        park(batch.version(), batch.park());
        changes.execute(batch.version(), batch.changes());
        if (!views.write(batch.version(), batch.views())) {
          connection.rollback();
          return ApplyResult.Overtaken.INSTANCE;
        }
        connection.commit();
        return ApplyResult.Applied.INSTANCE;
      } catch (SQLException e) {
        switch (SqlFailure.of(e)) {
          case LOST -> {
            return new ApplyResult.Unknown(e);
          }
          case RETRY -> {
            connection.rollback();
            if (attempt == MAX_ATTEMPTS) {
              return new ApplyResult.Unavailable(e);
            }
          }
          case UNAVAILABLE -> {
            connection.rollback();
            return new ApplyResult.Unavailable(e);
          }
          case DUPLICATE_KEY, PROGRAM -> {
            connection.rollback();
            if (SqlFailure.isAboutData(e)) {
              return new ApplyResult.Refused(SqlFailure.describe(e));
            }
            throw e;
          }
          case REFUSED -> {
            connection.rollback();
            throw e;
          }
        }
      }
    }
  }

  /**
   * Locks and compares. Empty says that the batch is to be applied; its parked rows are taken out
   * then.
   */
  private Optional<ApplyResult> locked(QueryBatch batch) throws SQLException {
    var positions = lock(batch);
    var applied = 0;
    Optional<ApplyResult> fenced = Optional.empty();
    for (var advance : batch.advances()) {
      var found = positions.get(advance.shard());
      if (found == null) {
        return Optional.of(ApplyResult.Gone.INSTANCE);
      }
      var ours = found.writer == batch.writer();
      if (ours && found.next == advance.to() && advance.to() > advance.from()) {
        applied++;
      } else if (!ours || found.next != advance.from()) {
        fenced =
            Optional.of(
                new ApplyResult.Fenced(advance.shard(), advance.from(), found.next, found.writer));
      }
    }
    var moving = batch.advances().stream().filter(a -> a.to() > a.from()).count();
    if (fenced.isEmpty() && applied == 0) {
      return unpark(batch.version(), batch.unpark())
          ? Optional.empty()
          : Optional.of(ApplyResult.Applied.INSTANCE);
    }
    return fenced.isEmpty() && applied == moving
        ? Optional.of(ApplyResult.Applied.INSTANCE)
        : Optional.of(fenced.orElseGet(() -> mixed(batch.advances().get(0), positions)));
  }

  /** Some shards are behind the batch and some before it: somebody else has set them. */
  private static ApplyResult mixed(ShardAdvance first, Map<Integer, Position> positions) {
    var found = positions.getOrDefault(first.shard(), new Position(-1, 0));
    return new ApplyResult.Fenced(first.shard(), first.from(), found.next, found.writer);
  }

  private Map<Integer, Position> lock(QueryBatch batch) throws SQLException {
    sql.clear();
    sql.sql("SELECT shard, next_offset, writer FROM projection_position WHERE ");
    version(batch.version()).sql(" AND shard IN (");
    for (var i = 0; i < batch.advances().size(); i++) {
      sql.sql(i == 0 ? "" : ",").number(batch.advances().get(i).shard());
    }
    sql.sql(") ORDER BY shard FOR UPDATE");
    var positions = new HashMap<Integer, Position>();
    try (var result = statement.executeQuery(sql.toStatement())) {
      while (result.next()) {
        positions.put(result.getInt(1), new Position(result.getLong(2), result.getLong(3)));
      }
    }
    return positions;
  }

  /** Takes parked rows out; false if they were taken out before. */
  private boolean unpark(VersionId version, List<LogPosition> rows) throws SQLException {
    if (rows.isEmpty()) {
      return true;
    }
    sql.clear();
    sql.sql("DELETE FROM projection_parked WHERE ");
    version(version).sql(" AND (shard, shard_offset) IN (");
    for (var i = 0; i < rows.size(); i++) {
      sql.sql(i == 0 ? "(" : ",(").number(rows.get(i).shard());
      sql.sql(',').number(rows.get(i).offset()).sql(')');
    }
    return statement.executeUpdate(sql.sql(')').toStatement()) == rows.size();
  }

  private void park(VersionId version, List<ParkedRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    sql.clear();
    sql.sql(
        "INSERT INTO projection_parked (projection, version, shard, shard_offset, aggregate_type,"
            + " aggregate_id, reason, parked_at) VALUES ");
    for (var i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      sql.sql(i == 0 ? "(" : ",(").binary(version.projection());
      sql.sql(',').number(version.version());
      sql.sql(',').number(row.position().shard());
      sql.sql(',').number(row.position().offset());
      sql.sql(',').binary(row.aggregate().type());
      sql.sql(',').binary(row.aggregate().id());
      sql.sql(',').binary(row.reason());
      sql.sql(',').number(row.parkedAtMicros()).sql(')');
    }
    // Without VALUES(): what is parked again is one row, with a new reason.
    sql.sql(" ON DUPLICATE KEY UPDATE request = 0, reason = ");
    sql.binary(rows.get(rows.size() - 1).reason());
    statement.executeUpdate(sql.toStatement());
  }

  private static List<ShardAdvance> moving(QueryBatch batch) {
    return batch.advances().stream().filter(a -> a.to() > a.from()).toList();
  }

  /** The usual case, in one round trip; false: it is another one, and what was moved is to go. */
  private boolean moveAll(QueryBatch batch) throws SQLException {
    var moving = moving(batch);
    return !moving.isEmpty()
        && moving.size() == batch.advances().size()
        && batch.unpark().isEmpty()
        && move(batch, moving) == moving.size();
  }

  /** Moves those that are where the batch begins, under its writer; gives how many. */
  private int move(QueryBatch batch, List<ShardAdvance> moving) throws SQLException {
    if (moving.isEmpty()) {
      return 0;
    }
    sql.clear();
    sql.sql("UPDATE projection_position SET next_offset = CASE shard");
    for (var shard : moving) {
      sql.sql(" WHEN ").number(shard.shard()).sql(" THEN ").number(shard.to());
    }
    sql.sql(" END, hlc = CASE shard");
    for (var shard : moving) {
      sql.sql(" WHEN ").number(shard.shard()).sql(" THEN ").number(shard.hlc());
    }
    sql.sql(" END WHERE ");
    version(batch.version()).sql(" AND shard IN (");
    for (var i = 0; i < moving.size(); i++) {
      sql.sql(i == 0 ? "" : ",").number(moving.get(i).shard());
    }
    sql.sql(") AND writer = ").number(batch.writer()).sql(" AND next_offset = CASE shard");
    for (var shard : moving) {
      sql.sql(" WHEN ").number(shard.shard()).sql(" THEN ").number(shard.from());
    }
    return statement.executeUpdate(sql.sql(" END").toStatement());
  }

  private SqlBuffer version(VersionId version) {
    return sql.sql("projection = ")
        .binary(version.projection())
        .sql(" AND version = ")
        .number(version.version());
  }
}
