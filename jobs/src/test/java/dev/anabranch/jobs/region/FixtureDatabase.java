package dev.anabranch.jobs.region;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** All tables and views of a database as SQL, one statement a line, and back. */
public final class FixtureDatabase {

  private FixtureDatabase() {}

  public static List<String> dump(String url, String user, String password) throws SQLException {
    try (var connection = DriverManager.getConnection(url, user, password);
        var statement = connection.createStatement()) {
      var script = new ArrayList<String>();
      for (var table : names(statement, "BASE TABLE")) {
        try (var create = statement.executeQuery("SHOW CREATE TABLE `" + table + "`")) {
          create.next();
          script.add(portable(create.getString(2)));
        }
        rows(connection, table, script);
      }
      for (var view : names(statement, "VIEW")) {
        try (var create = statement.executeQuery("SHOW CREATE VIEW `" + view + "`")) {
          create.next();
          script.add(withoutSchema(create.getString(2), connection.getCatalog()));
        }
      }
      return script;
    }
  }

  /** The fixture comes from MariaDB; MySQL calls the same collation by another name. */
  public static void load(String url, String user, String password, List<String> script)
      throws SQLException {
    try (var connection = DriverManager.getConnection(url, user, password);
        var statement = connection.createStatement()) {
      var isMariaDb = connection.getMetaData().getDatabaseProductVersion().contains("MariaDB");
      for (var line : script) {
        statement.execute(isMariaDb ? line : line.replace("utf8mb4_nopad_bin", "utf8mb4_0900_bin"));
      }
    }
  }

  private static List<String> names(Statement statement, String kind) throws SQLException {
    var names = new ArrayList<String>();
    var all = "SHOW FULL TABLES WHERE Table_type = '" + kind + "'";
    try (var tables = statement.executeQuery(all)) {
      while (tables.next()) {
        names.add(tables.getString(1));
      }
    }
    return names;
  }

  /** Whoever loads it owns it, in a schema of another name. */
  private static String withoutSchema(String create, String schema) {
    return create.replaceFirst("DEFINER=`[^`]*`@`[^`]*` ", "").replace("`" + schema + "`.", "");
  }

  private static void rows(Connection connection, String table, List<String> script)
      throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT * FROM `" + table + "` ORDER BY 1")) {
      var columns = new ArrayList<String>();
      for (var i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        columns.add("`" + rows.getMetaData().getColumnName(i) + "`");
      }
      while (rows.next()) {
        var values = new ArrayList<String>();
        for (var i = 1; i <= columns.size(); i++) {
          values.add(literal(rows, i));
        }
        script.add(
            "INSERT INTO `%s` (%s) VALUES (%s)"
                .formatted(table, String.join(", ", columns), String.join(", ", values)));
      }
    }
  }

  private static String literal(ResultSet rows, int column) throws SQLException {
    var value = rows.getObject(column);
    if (value == null) {
      return "NULL";
    }
    if (value instanceof byte[] bytes) {
      return "X'" + HexFormat.of().formatHex(bytes) + "'";
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    var text = rows.getString(column);
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  /** One line, without the collations that one kind of server only knows. */
  private static String portable(String create) {
    return create
        .lines()
        .map(String::strip)
        .collect(Collectors.joining(" "))
        .replaceAll("(?i) COLLATE[ =]\\w*uca1400\\w*", "");
  }
}
