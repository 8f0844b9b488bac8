package dev.anabranch.connectors.mysql.conflict;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.log.EventLogTable;
import dev.anabranch.connectors.mysql.schema.LayoutCheck;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.ConflictStatus;
import dev.anabranch.wire.blob.ConflictBlob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * How the conflicts of a region's aggregates stand.
 *
 * <p><b>Idempotent.</b> A record changes nothing if a later one of the same conflict was written;
 * an aggregate has one open conflict at most, so each record closes the others that were opened
 * before it. So a replay, even in another order, ends with the same rows.
 */
public final class ConflictTable {

  // The revision last: MySQL assigns from left to right, and the others compare with the old one.
  private static final String UPSERT =
      "INSERT INTO conflict (aggregate_type, aggregate_id, conflict_id, status, revision,"
          + " occurred_at, detail) VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
          + " status = IF(VALUES(revision) >= revision, VALUES(status), status),"
          + " occurred_at = IF(VALUES(revision) >= revision, VALUES(occurred_at), occurred_at),"
          + " detail = IF(VALUES(revision) >= revision, VALUES(detail), detail),"
          + " revision = GREATEST(VALUES(revision), revision)";

  private static final String CLOSE_OTHERS =
      "UPDATE conflict SET status = ?, revision = ? WHERE aggregate_type = ? AND aggregate_id = ?"
          + " AND conflict_id <> ? AND status IN (1, 2) AND revision <= ?";

  private static final String SELECT =
      "SELECT aggregate_type, aggregate_id, conflict_id, status, revision, occurred_at, detail"
          + " FROM conflict ";

  private ConflictTable() {}

  /**
   * One conflict as the table has it.
   *
   * @param status may be later than that of the record: another conflict was opened since
   */
  public record Row(ConflictStatus status, ConflictRecord record) {}

  /** Writes records, all or none, in one transaction. */
  static void write(Connection connection, Collection<ConflictRecord> records) throws SQLException {
    connection.setAutoCommit(false);
    try (var upsert = connection.prepareStatement(UPSERT);
        var close = connection.prepareStatement(CLOSE_OTHERS)) {
      for (var record : records) {
        upsert(upsert, record);
        if (isOfConflict(record.status())) {
          close(close, record);
        }
      }
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /**
   * The conflicts of a region, the latest first.
   *
   * @param openOnly whether to leave out what needs nobody any more
   * @param max how many at most, of each database
   * @throws dev.anabranch.store.StoreUnavailableException if a database can't be reached
   */
  public static List<Row> list(MySqlStoreConfig config, boolean openOnly, int max) {
    var rows = new ArrayList<Row>();
    for (var database : config.databases()) {
      rows.addAll(
          read(
              config,
              database,
              (openOnly ? "WHERE status IN (1, 2) " : "")
                  + "ORDER BY occurred_at DESC LIMIT "
                  + max,
              statement -> {}));
    }
    rows.sort(Comparator.comparingLong((Row row) -> row.record().occurredAtMicros()).reversed());
    return rows.size() > max ? rows.subList(0, max) : rows;
  }

  /** All conflicts of an aggregate, the latest first. */
  public static List<Row> of(MySqlStoreConfig config, AggregateKey aggregate) {
    var rows = new ArrayList<Row>();
    for (var database : config.databases()) {
      rows.addAll(
          read(
              config,
              database,
              "WHERE aggregate_type = ? AND aggregate_id = ? ORDER BY revision DESC",
              statement -> {
                statement.setBytes(1, EventLogTable.utf8(aggregate.type()));
                statement.setBytes(2, EventLogTable.utf8(aggregate.id()));
              }));
    }
    return rows;
  }

  private interface Binding {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private static List<Row> read(
      MySqlStoreConfig config, DatabaseConfig database, String where, Binding binding) {
    var connector = new DatabaseConnector(database, config.sessions());
    try (var connection = connector.connect()) {
      LayoutCheck.forReading(config).requireReady(connector, connection);
      try (var statement = connection.prepareStatement(SELECT + where)) {
        binding.bind(statement);
        return rows(statement.executeQuery());
      }
    } catch (SQLException e) {
      throw connector.failure("read the conflicts of", e);
    }
  }

  private static List<Row> rows(ResultSet result) throws SQLException {
    try (result) {
      var rows = new ArrayList<Row>();
      while (result.next()) {
        rows.add(
            new Row(
                ConflictStatus.ofCode(result.getInt(4)), ConflictBlob.decode(result.getBytes(7))));
      }
      return rows;
    }
  }

  private static boolean isOfConflict(ConflictStatus status) {
    return status != ConflictStatus.VOIDED && status != ConflictStatus.RESTORED;
  }

  private static void upsert(PreparedStatement upsert, ConflictRecord record) throws SQLException {
    upsert.setBytes(1, EventLogTable.utf8(record.aggregate().type()));
    upsert.setBytes(2, EventLogTable.utf8(record.aggregate().id()));
    upsert.setBytes(3, EventLogTable.utf8(record.conflictId()));
    upsert.setInt(4, record.status().code());
    upsert.setLong(5, record.position());
    upsert.setLong(6, record.occurredAtMicros());
    upsert.setBytes(7, ConflictBlob.encode(record));
    upsert.executeUpdate();
  }

  private static void close(PreparedStatement close, ConflictRecord record) throws SQLException {
    close.setInt(1, ConflictStatus.RESOLVED.code());
    close.setLong(2, record.position());
    close.setBytes(3, EventLogTable.utf8(record.aggregate().type()));
    close.setBytes(4, EventLogTable.utf8(record.aggregate().id()));
    close.setBytes(5, EventLogTable.utf8(record.conflictId()));
    close.setLong(6, record.position());
    close.executeUpdate();
  }
}
