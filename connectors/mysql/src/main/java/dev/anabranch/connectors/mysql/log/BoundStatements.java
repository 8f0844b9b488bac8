package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.connectors.mysql.connection.StatementLimits;
import dev.anabranch.model.LogRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/**
 * {@link InsertStrategy#BIND}. The driver caches the prepared statements, one for each batch size.
 */
final class BoundStatements implements BatchInsert.Statements {

  /** More than the columns' fixed part takes: eight numbers, lengths and the longest ids. */
  private static final int ROW_OVERHEAD_BYTES = 512;

  private static final String ROW =
      "(" + String.join(",", Collections.nCopies(EventLogTable.COLUMN_COUNT, "?")) + ")";

  private final Connection connection;
  private final StatementLimits limits;
  private List<LogRow> rows = List.of();

  BoundStatements(Connection connection, StatementLimits limits) {
    this.connection = connection;
    this.limits = limits;
  }

  @Override
  public int prepare(List<LogRow> batch, int first) {
    var bytes = 0L;
    var next = first;
    while (next < batch.size() && next - first < limits.rows()) {
      var row = batch.get(next);
      bytes += row.outcome().blobs().size() + ROW_OVERHEAD_BYTES;
      if (bytes > limits.bytes()) {
        limits.requireNotFirst(row, next - first, bytes);
        break;
      }
      next++;
    }
    rows = batch.subList(first, next);
    return next;
  }

  @Override
  public int execute() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert(rows.size()))) {
      for (var i = 0; i < rows.size(); i++) {
        EventLogTable.bind(rows.get(i), statement, 1 + i * EventLogTable.COLUMN_COUNT);
      }
      return statement.executeUpdate();
    } finally {
      rows = List.of();
    }
  }

  private static String insert(int rows) {
    return "INSERT INTO event_log ("
        + EventLogTable.COLUMNS
        + ") VALUES "
        + String.join(",", Collections.nCopies(rows, ROW));
  }
}
