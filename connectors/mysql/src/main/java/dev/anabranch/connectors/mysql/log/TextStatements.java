package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.connectors.mysql.connection.SqlBuffer;
import dev.anabranch.connectors.mysql.connection.StatementLimits;
import dev.anabranch.model.LogRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** {@link InsertStrategy#TEXT}. */
final class TextStatements implements BatchInsert.Statements {

  private static final byte[] INSERT =
      SqlBuffer.ascii("INSERT INTO event_log (" + EventLogTable.COLUMNS + ") VALUES ");

  private final Statement statement;
  private final StatementLimits limits;
  private final SqlBuffer sql = new SqlBuffer();

  TextStatements(Connection connection, StatementLimits limits) throws SQLException {
    this.statement = connection.createStatement();
    // Else the driver searches each statement for JDBC escapes like {d '...'}.
    this.statement.setEscapeProcessing(false);
    this.limits = limits;
  }

  @Override
  public int prepare(List<LogRow> rows, int first) {
    sql.clear();
    sql.sql(INSERT);
    var next = first;
    while (next < rows.size() && next - first < limits.rows()) {
      var before = sql.size();
      if (next > first) {
        sql.sql(',');
      }
      EventLogTable.write(rows.get(next), sql);
      if (sql.size() > limits.bytes()) {
        limits.requireNotFirst(rows.get(next), next - first, sql.size());
        sql.truncate(before);
        break;
      }
      next++;
    }
    return next;
  }

  @Override
  public int execute() throws SQLException {
    return statement.executeUpdate(sql.toStatement());
  }
}
