package dev.anabranch.connectors.mysql;

import dev.anabranch.connectors.mysql.log.EventLogTable;
import dev.anabranch.model.LogRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What somebody else does to the tables and connections of a region. */
final class TestSql {

  private static final String INSERT =
      "INSERT INTO event_log ("
          + EventLogTable.COLUMNS
          + ") VALUES ("
          + String.join(",", Collections.nCopies(EventLogTable.COLUMN_COUNT, "?"))
          + ")";

  private TestSql() {}

  static void insert(Connection connection, LogRow... rows) throws SQLException {
    try (var statement = connection.prepareStatement(INSERT)) {
      for (var row : rows) {
        EventLogTable.bind(row, statement, 1);
        statement.executeUpdate();
      }
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Counts the schema's connections that wait for a request, for this long at least. */
  static String idle(String schema, int seconds) {
    return "SELECT COUNT(*) FROM information_schema.processlist WHERE command = 'Sleep'"
        + " AND db = '%s' AND time >= %d".formatted(schema, seconds);
  }

  /** Counts appends that the server is at. */
  static String runningInserts(String schema) {
    return "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '%s'".formatted(schema)
        + " AND info LIKE 'INSERT INTO event_log%'";
  }

  /** Counts statements that wait for a table that somebody has locked. */
  static String waitingForTable(String schema) {
    return "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '%s'".formatted(schema)
        + " AND state LIKE 'Waiting for table%'";
  }

  /** Kills the schema's connections but this one, and returns when they are gone. */
  static void killOthers(Connection observer, String schema) throws SQLException {
    var others = others(observer, schema);
    while (!others.isEmpty()) {
      for (var id : others) {
        try {
          execute(observer, "KILL " + id);
        } catch (SQLException e) {
          if (e.getErrorCode() != 1094) { // gone already
            throw e;
          }
        }
      }
      Background.pause();
      others = others(observer, schema);
    }
  }

  private static List<Long> others(Connection observer, String schema) throws SQLException {
    var ids = new ArrayList<Long>();
    try (var statement = observer.createStatement();
        var result =
            statement.executeQuery(
                "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()"
                    + " AND db = '%s'".formatted(schema))) {
      while (result.next()) {
        ids.add(result.getLong(1));
      }
    }
    return ids;
  }
}
