package dev.anabranch.connectors.mysql.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.connectors.mysql.connection.ConnectionTag;
import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SqlDialect;
import dev.anabranch.connectors.mysql.connection.SqlFailure;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.VersionInfo;
import dev.anabranch.query.ViewLog;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A session on one dedicated connection, without autocommit: each call is a transaction.
 *
 * <p><b>Lost.</b> After any failure that leaves the connection's state in doubt, each further call
 * fails at once in the same way.
 */
final class MySqlQuerySession implements QuerySession {

  /** A call that the server answers. */
  private interface Call<T> {
    T run() throws SQLException;
  }

  private static final String OF_VERSION = " WHERE projection = ? AND version = ?";

  private final DatabaseConnector database;
  private final Connection connection;
  private final ConnectionTag tag;
  private final Statement statement;
  private final BatchTransaction transaction;
  private final ShownViews views;
  private final FollowedTopics topics;
  private final LostRows lostRows;
  private final Consumer<MySqlQuerySession> onClose;

  private final AtomicBoolean inCall = new AtomicBoolean();
  private volatile boolean closed;
  private volatile boolean lost;

  /**
   * @param maxBytes of one statement
   */
  MySqlQuerySession(
      DatabaseConnector database,
      Connection connection,
      ConnectionTag tag,
      int maxRows,
      long maxBytes,
      Consumer<MySqlQuerySession> onClose)
      throws SQLException {
    this.database = database;
    this.connection = connection;
    this.tag = tag;
    this.onClose = onClose;
    this.statement = connection.createStatement();
    // Else the driver searches each statement for JDBC escapes like {d '...'}.
    this.statement.setEscapeProcessing(false);
    var dialect = SqlDialect.of(connection);
    var changes = new ChangeStatements(statement, dialect, maxRows, maxBytes);
    this.views = new ShownViews(statement, dialect);
    this.topics = new FollowedTopics(connection);
    this.transaction = new BatchTransaction(connection, statement, changes, views);
    this.lostRows = new LostRows(connection);
    connection.setAutoCommit(false);
  }

  ConnectionTag tag() {
    return tag;
  }

  @Override
  public List<VersionInfo> versions() {
    return call(
        "read",
        () -> {
          var versions = new ArrayList<VersionInfo>();
          try (var result =
              statement.executeQuery(
                  "SELECT v.projection, v.version, v.revision, v.definition,"
                      + " p.live_version <=> v.version FROM projection_version v JOIN projection p"
                      + " ON p.name = v.projection ORDER BY v.projection, v.version")) {
            while (result.next()) {
              versions.add(
                  new VersionInfo(
                      new VersionId(text(result, 1), result.getInt(2)),
                      result.getInt(3),
                      text(result, 4),
                      result.getBoolean(5)));
            }
          }
          return versions;
        });
  }

  @Override
  public Optional<Map<Integer, Long>> claim(
      VersionId version, Collection<Integer> shards, long writer) {
    if (shards.isEmpty()) {
      return Optional.of(Map.of());
    }
    return call(
        "claim shards in",
        () -> {
          var in = " AND shard IN (" + list(shards) + ")";
          try (var update =
              prepare("UPDATE projection_position SET writer = ?" + OF_VERSION + in)) {
            update.setLong(1, writer);
            bind(update, 2, version);
            update.executeUpdate();
          }
          var positions = readPositions(version, shards);
          connection.commit();
          return positions.size() == shards.size() ? Optional.of(positions) : Optional.empty();
        });
  }

  @Override
  public Optional<Map<Integer, Long>> positions(VersionId version, Collection<Integer> shards) {
    if (shards.isEmpty()) {
      return Optional.of(Map.of());
    }
    return call(
        "read",
        () -> {
          var positions = readPositions(version, shards);
          return positions.size() == shards.size() ? Optional.of(positions) : Optional.empty();
        });
  }

  private Map<Integer, Long> readPositions(VersionId version, Collection<Integer> shards)
      throws SQLException {
    return numbers("next_offset", version, shards);
  }

  private Map<Integer, Long> numbers(String column, VersionId version, Collection<Integer> shards)
      throws SQLException {
    var positions = new LinkedHashMap<Integer, Long>();
    try (var select =
        prepare(
            "SELECT shard, "
                + column
                + " FROM projection_position"
                + OF_VERSION
                + " AND shard IN ("
                + list(shards)
                + ") ORDER BY shard")) {
      bind(select, 1, version);
      try (var result = select.executeQuery()) {
        while (result.next()) {
          positions.put(result.getInt(1), result.getLong(2));
        }
      }
    }
    return positions;
  }

  @Override
  public Map<Integer, ViewLog.Origin> topics(VersionId version, Collection<Integer> partitions) {
    return partitions.isEmpty() ? Map.of() : call("read", () -> topics.read(version, partitions));
  }

  @Override
  public boolean follow(VersionId version, long writer, Map<Integer, ViewLog.Position> from) {
    return from.isEmpty() || call("note the topic in", () -> topics.write(version, writer, from));
  }

  @Override
  public ApplyResult apply(QueryBatch batch) {
    enter();
    try {
      if (closed || lost) {
        return new ApplyResult.Unknown(gone());
      }
      var result = transaction.apply(batch);
      lost = result instanceof ApplyResult.Unknown;
      return result;
    } catch (SQLException e) {
      lost |= SqlFailure.of(e) == SqlFailure.LOST;
      return lost ? new ApplyResult.Unknown(e) : raise(e);
    } catch (RuntimeException e) {
      if (closed) {
        // The driver may stumble over a connection that another thread has cut.
        return new ApplyResult.Unknown(e);
      }
      throw e;
    } finally {
      inCall.set(false);
    }
  }

  private ApplyResult raise(SQLException e) {
    throw database.failure("write the tables of a projection to", e);
  }

  @Override
  public Map<AggregateKey, VectorTime> shownViews(
      VersionId version, Collection<AggregateKey> aggregates) {
    return call("read", () -> views.read(version, aggregates));
  }

  @Override
  public Map<AggregateKey, Integer> parked(VersionId version, Collection<Integer> shards) {
    if (shards.isEmpty()) {
      return Map.of();
    }
    return call(
        "read",
        () -> {
          var parked = new HashMap<AggregateKey, Integer>();
          try (var select =
              prepare(
                  "SELECT aggregate_type, aggregate_id, COUNT(*) FROM projection_parked"
                      + OF_VERSION
                      + " AND shard IN ("
                      + list(shards)
                      + ") GROUP BY aggregate_type, aggregate_id")) {
            bind(select, 1, version);
            try (var result = select.executeQuery()) {
              while (result.next()) {
                parked.put(new AggregateKey(text(result, 1), text(result, 2)), result.getInt(3));
              }
            }
          }
          return parked;
        });
  }

  @Override
  public List<ParkedRow> parkedRows(VersionId version, int shard, AggregateKey aggregate) {
    return call(
        "read",
        () -> {
          var rows = new ArrayList<ParkedRow>();
          try (var select =
              prepare(
                  "SELECT shard_offset, reason, parked_at FROM projection_parked"
                      + OF_VERSION
                      + " AND aggregate_type = ? AND aggregate_id = ? AND shard = ?"
                      + " ORDER BY shard_offset")) {
            bind(select, 1, version);
            select.setBytes(3, aggregate.type().getBytes(UTF_8));
            select.setBytes(4, aggregate.id().getBytes(UTF_8));
            select.setInt(5, shard);
            try (var result = select.executeQuery()) {
              while (result.next()) {
                rows.add(
                    new ParkedRow(
                        new LogPosition(shard, result.getLong(1)),
                        aggregate,
                        text(result, 2),
                        result.getLong(3)));
              }
            }
          }
          return rows;
        });
  }

  @Override
  public List<ParkedRequest> requests() {
    return call(
        "read",
        () -> {
          var requests = new ArrayList<ParkedRequest>();
          try (var result =
              statement.executeQuery(
                  "SELECT projection, version, shard, shard_offset, aggregate_type, aggregate_id,"
                      + " request FROM projection_parked WHERE request IN (1, 2)"
                      + " ORDER BY projection, version, shard, shard_offset")) {
            while (result.next()) {
              requests.add(
                  new ParkedRequest(
                      new VersionId(text(result, 1), result.getInt(2)),
                      new LogPosition(result.getInt(3), result.getLong(4)),
                      new AggregateKey(text(result, 5), text(result, 6)),
                      ParkedRequest.Action.ofCode(result.getInt(7))));
            }
          }
          return requests;
        });
  }

  @Override
  public List<ParkedRequest> interrupted(VersionId version, Collection<Integer> shards) {
    if (shards.isEmpty()) {
      return List.of();
    }
    return call(
        "read",
        () -> {
          var requests = new ArrayList<ParkedRequest>();
          var sql =
              "SELECT p.shard, p.shard_offset, p.aggregate_type, p.aggregate_id"
                  + " FROM projection_parked p WHERE p.projection = ? AND p.version = ?"
                  + " AND p.shard IN ("
                  + shards.stream().map(String::valueOf).collect(Collectors.joining(","))
                  + ") AND p.reason = '' AND NOT EXISTS (SELECT 1 FROM projection_parked q"
                  + " WHERE q.projection = p.projection AND q.version = p.version"
                  + " AND q.aggregate_type = p.aggregate_type AND q.aggregate_id = p.aggregate_id"
                  + " AND q.shard_offset < p.shard_offset) ORDER BY p.shard, p.shard_offset";
          try (var select = connection.prepareStatement(sql)) {
            select.setString(1, version.projection());
            select.setInt(2, version.version());
            try (var result = select.executeQuery()) {
              while (result.next()) {
                requests.add(
                    new ParkedRequest(
                        version,
                        new LogPosition(result.getInt(1), result.getLong(2)),
                        new AggregateKey(text(result, 3), text(result, 4)),
                        ParkedRequest.Action.RETRY));
              }
            }
          }
          return requests;
        });
  }

  @Override
  public Map<Integer, Long> clocks(VersionId version, Collection<Integer> shards) {
    if (shards.isEmpty()) {
      return Map.of();
    }
    return call("read", () -> numbers("hlc", version, shards));
  }

  @Override
  public List<LostRow> lostRows(VersionId version, Collection<Integer> shards) {
    return shards.isEmpty() ? List.of() : call("read", () -> lostRows.read(version, shards));
  }

  @Override
  public boolean recordLost(VersionId version, LostRow row) {
    return call(
        "note a lost row in",
        () -> {
          var recorded = lostRows.record(version, row);
          connection.commit();
          return recorded;
        });
  }

  @Override
  public void forgetLost(VersionId version, int shard) {
    call(
        "note that a row is back in",
        () -> {
          lostRows.forget(version, shard);
          connection.commit();
          return true;
        });
  }

  @Override
  public void ping() {
    call("reach", () -> statement.execute("DO 0"));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (lost || inCall.get()) {
        connection.abort(Runnable::run);
      } else {
        connection.close();
      }
    } catch (SQLException e) {
      // It is to be gone, and it is.
    } finally {
      onClose.accept(this);
    }
  }

  /** Ends the transaction in any case: an open one would hold up whoever changes the tables. */
  private <T> T call(String action, Call<T> call) {
    enter();
    try {
      if (closed || lost) {
        throw gone();
      }
      var result = call.run();
      connection.rollback();
      return result;
    } catch (SQLException e) {
      // Whatever it was: a new session is cheaper than a transaction in doubt.
      lost = true;
      throw database.failure(action, e);
    } catch (RuntimeException e) {
      throw closed ? gone() : e;
    } finally {
      inCall.set(false);
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  private static void bind(PreparedStatement statement, int index, VersionId version)
      throws SQLException {
    statement.setBytes(index, version.projection().getBytes(UTF_8));
    statement.setInt(index + 1, version.version());
  }

  private static String list(Collection<Integer> shards) {
    return String.join(",", shards.stream().sorted().map(Object::toString).toList());
  }

  static String text(ResultSet result, int column) throws SQLException {
    return new String(result.getBytes(column), UTF_8);
  }

  private void enter() {
    if (!inCall.compareAndSet(false, true)) {
      throw new IllegalStateException("two threads use one session of " + database.where());
    }
  }

  private StoreUnavailableException gone() {
    return new StoreUnavailableException(
        "the session on " + database.where() + (closed ? " is closed" : " has lost its connection"),
        null);
  }
}
