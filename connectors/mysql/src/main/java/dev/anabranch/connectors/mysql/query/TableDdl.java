package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SqlDialect;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.StoreLayoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The physical tables of a version: how they are made, and whether they still are as made. */
final class TableDdl {

  private final String where;
  private final Connection connection;
  private final SqlDialect dialect;

  TableDdl(DatabaseConnector database, Connection connection) throws SQLException {
    this.where = database.where();
    this.connection = connection;
    this.dialect = SqlDialect.of(connection);
  }

  /** A column as the server's catalogue shows it. */
  private record Found(String type, boolean mustBeGiven) {}

  String create(QueryTable table, VersionId version) {
    var parts = new ArrayList<String>();
    table.key().forEach(column -> parts.add(column(column, true)));
    table.values().forEach(column -> parts.add(column(column, false)));
    parts.add("PRIMARY KEY (" + names(table.key().stream().map(Column::name).toList()) + ")");
    for (var index : table.indexes()) {
      parts.add("KEY " + TableNames.quoted(index.name()) + " (" + names(index.columns()) + ")");
    }
    return "CREATE TABLE "
        + TableNames.quoted(TableNames.physical(table.name(), version))
        + " ("
        + String.join(", ", parts)
        + ") ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4";
  }

  private String column(Column column, boolean inKey) {
    var type =
        switch (column.kind()) {
          case TEXT, LONG_TEXT ->
              typeOf(column) + " CHARACTER SET utf8mb4 COLLATE " + dialect.exactCollation();
          default -> typeOf(column);
        };
    var absence = column.isNullable() ? "NULL DEFAULT NULL" : "NOT NULL DEFAULT 0";
    return TableNames.quoted(column.name()) + " " + type + " " + (inKey ? "NOT NULL" : absence);
  }

  /** Writes a type as {@code COLUMN_TYPE} of the catalogue does, without display widths. */
  private static String typeOf(Column column) {
    return switch (column.kind()) {
      case TEXT -> "varchar(" + column.length() + ")";
      case LONG_TEXT -> "mediumtext";
      case INTEGER -> "bigint";
      case DECIMAL -> "decimal(" + column.length() + "," + column.scale() + ")";
      case BOOL -> "tinyint";
      case TIMESTAMP -> "datetime(6)";
      case BYTES -> "varbinary(" + column.length() + ")";
    };
  }

  private static String names(List<String> columns) {
    return String.join(", ", columns.stream().map(TableNames::quoted).toList());
  }

  /** What is not as the declaration says; empty: all is. Further columns and indexes are fine. */
  List<String> differences(QueryTable table, VersionId version) throws SQLException {
    var physical = TableNames.physical(table.name(), version);
    var found = columns(physical);
    if (found.isEmpty()) {
      return List.of(where + " has no table " + physical + " (" + version + ")");
    }
    var problems = new ArrayList<String>();
    var declared = new LinkedHashMap<String, Column>();
    table.key().forEach(column -> declared.put(column.name(), column));
    table.values().forEach(column -> declared.put(column.name(), column));
    declared.forEach(
        (name, column) -> {
          var is = found.get(name);
          if (is == null) {
            problems.add("table " + physical + " has no column " + name);
          } else if (!is.type.equals(typeOf(column))) {
            problems.add(
                "column %s of table %s is %s, declared is %s"
                    .formatted(name, physical, is.type, typeOf(column)));
          }
        });
    found.forEach(
        (name, column) -> {
          if (!declared.containsKey(name) && column.mustBeGiven) {
            problems.add(
                "column %s of table %s is not declared and has no default"
                    .formatted(name, physical));
          }
        });
    var key = table.key().stream().map(Column::name).toList();
    var primaryKey = primaryKey(physical);
    if (!primaryKey.equals(key)) {
      problems.add(
          "the primary key of table %s is %s, declared is %s".formatted(physical, primaryKey, key));
    }
    return problems;
  }

  private Map<String, Found> columns(String table) throws SQLException {
    var found = new LinkedHashMap<String, Found>();
    try (var select =
        connection.prepareStatement(
            "SELECT column_name, column_type, is_nullable, column_default, extra"
                + " FROM information_schema.columns"
                + " WHERE table_schema = DATABASE() AND table_name = ?"
                + " ORDER BY ordinal_position")) {
      select.setString(1, table);
      try (var result = select.executeQuery()) {
        while (result.next()) {
          var type = result.getString(2).toLowerCase(Locale.ROOT);
          @Nullable String otherwise = result.getString(4);
          var mustBeGiven =
              result.getString(3).equalsIgnoreCase("NO")
                  && otherwise == null
                  && result.getString(5).isEmpty();
          found.put(
              result.getString(1),
              new Found(type.replaceAll("^(bigint|tinyint)\\(\\d+\\)", "$1"), mustBeGiven));
        }
      }
    }
    return found;
  }

  private List<String> primaryKey(String table) throws SQLException {
    var columns = new ArrayList<String>();
    try (var select =
        connection.prepareStatement(
            "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE()"
                + " AND table_name = ? AND index_name = 'PRIMARY' ORDER BY seq_in_index")) {
      select.setString(1, table);
      try (var result = select.executeQuery()) {
        while (result.next()) {
          columns.add(result.getString(1));
        }
      }
    }
    return columns;
  }

  /** Does everything that a job does with the table, to no row. */
  void requireGrants(QueryTable table, VersionId version) throws SQLException {
    var name = TableNames.quoted(TableNames.physical(table.name(), version));
    var key = TableNames.quoted(table.key().get(0).name());
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO " + name + " SELECT * FROM " + name + " WHERE 1 = 0");
      statement.executeUpdate("UPDATE " + name + " SET " + key + " = " + key + " WHERE 1 = 0");
      statement.executeUpdate("DELETE FROM " + name + " WHERE 1 = 0");
    }
  }

  /** The kind of what has this name, {@code BASE TABLE} or {@code VIEW}; null: nothing has. */
  @Nullable String kindOf(String name) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "SELECT table_type FROM information_schema.tables WHERE table_schema = DATABASE()"
                + " AND table_name = ?")) {
      select.setString(1, name);
      try (var result = select.executeQuery()) {
        return result.next() ? result.getString(1) : null;
      }
    }
  }

  /** The name that readers use must be free, or ours. */
  boolean requireViewOrNothing(String name) throws SQLException {
    var kind = kindOf(name);
    if (kind != null && !kind.equals("VIEW")) {
      throw new StoreLayoutException(
          "%s has a table '%s' already, which no projection has made: rename it, or the projection's"
                  .formatted(where, name)
              + " table");
    }
    return kind != null;
  }
}
