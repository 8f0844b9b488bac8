package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.SqlFailure;
import dev.anabranch.model.LogRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Inserts a batch, all rows or none: one multi-row INSERT in autocommit mode, so that no
 * transaction is left open by a client that dies. A batch beyond a statement's limits takes several
 * INSERTs in one transaction; then a lost connection's transaction is ended by {@link
 * ConnectionTag}.
 */
final class BatchInsert {

  /**
   * SQL state "transaction resolution unknown": {@link SqlFailure#LOST}, whatever the code says.
   */
  private static final String RESOLUTION_UNKNOWN = "08007";

  /** One way to send rows; keeps what it has prepared until the next call. */
  interface Statements {
    /**
     * Prepares a statement with the rows from {@code first} on, as many as fit.
     *
     * @return index of the first row that did not fit
     */
    int prepare(List<LogRow> rows, int first) throws SQLException;

    /** Runs what is prepared and returns how many rows were inserted. */
    int execute() throws SQLException;
  }

  private final Connection connection;
  private final Statements statements;

  BatchInsert(Connection connection, Statements statements) {
    this.connection = connection;
    this.statements = statements;
  }

  void insert(List<LogRow> rows) throws SQLException {
    var next = statements.prepare(rows, 0);
    if (next == rows.size()) {
      execute(next);
    } else {
      insertInTransaction(rows, next);
    }
  }

  private void insertInTransaction(List<LogRow> rows, int firstEnd) throws SQLException {
    connection.setAutoCommit(false);
    var next = firstEnd;
    try {
      execute(next);
      while (next < rows.size()) {
        var first = next;
        next = statements.prepare(rows, first);
        execute(next - first);
      }
    } catch (SQLException | RuntimeException e) {
      if (!(e instanceof SQLException sql) || SqlFailure.of(sql) != SqlFailure.LOST) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      throw e;
    }
    try {
      connection.commit();
    } catch (SQLException e) {
      throw new SQLException("the commit was not acknowledged", RESOLUTION_UNKNOWN, e);
    }
    connection.setAutoCommit(true);
  }

  private void execute(int expected) throws SQLException {
    var inserted = statements.execute();
    if (inserted != expected) {
      throw new IllegalStateException(
          "the server says that it inserted " + inserted + " rows of " + expected);
    }
  }
}
