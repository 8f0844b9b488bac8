package dev.anabranch.connectors.mysql.connection;

import java.sql.Connection;
import java.sql.SQLException;

/** Where the two servers have different words for the same. */
public enum SqlDialect {
  MYSQL("utf8mb4_0900_bin", " AS incoming", "incoming.", ""),
  MARIADB("utf8mb4_nopad_bin", "", "VALUE(", ")");

  private final String exactCollation;
  private final String rowAlias;
  private final String beforeColumn;
  private final String afterColumn;

  SqlDialect(String exactCollation, String rowAlias, String beforeColumn, String afterColumn) {
    this.exactCollation = exactCollation;
    this.rowAlias = rowAlias;
    this.beforeColumn = beforeColumn;
    this.afterColumn = afterColumn;
  }

  public static SqlDialect of(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT VERSION()")) {
      result.next();
      return result.getString(1).contains("MariaDB") ? MARIADB : MYSQL;
    }
  }

  /** Compares texts code point by code point, trailing spaces included. */
  public String exactCollation() {
    return exactCollation;
  }

  /** Comes after the rows of an INSERT, before ON DUPLICATE KEY UPDATE. */
  public String rowAlias() {
    return rowAlias;
  }

  /** The value that the INSERT would have stored, after ON DUPLICATE KEY UPDATE. */
  public String incoming(String column) {
    return beforeColumn + column + afterColumn;
  }
}
