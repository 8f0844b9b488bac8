package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.LoadWindow;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Counters of the database server: statements, rows, flushes. */
public final class DatabaseCounters implements LoadWindow.Counters {

  private static final String QUERY =
      "SHOW GLOBAL STATUS WHERE Variable_name IN"
          + " ('Com_insert', 'Innodb_rows_inserted', 'Innodb_os_log_fsyncs', 'Innodb_data_fsyncs')";

  private final Database.Schema schema;

  public DatabaseCounters(Database.Schema schema) {
    this.schema = schema;
  }

  @Override
  public Map<String, Double> get() {
    try (var connection = schema.connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery(QUERY)) {
      var counters = new HashMap<String, Double>();
      while (result.next()) {
        counters.put(result.getString(1), result.getDouble(2));
      }
      return counters;
    } catch (SQLException e) {
      throw new IllegalStateException("the database's counters can't be read", e);
    }
  }
}
