package dev.anabranch.embedded;

/** The server that an {@link EmbeddedDatabase} runs. */
public enum DatabaseKind {
  /** MariaDB from a Maven jar: needs no preparation, on Linux x86_64. */
  MARIADB,
  /** A real MySQL from the folder {@code -Danabranch.mysql.home}: deploy/mysql/fetch-mysql.sh. */
  MYSQL;

  /**
   * The kind that {@code -Danabranch.test.database} names, {@code mariadb} unless it is set, so
   * that the same tests run on both.
   */
  public static DatabaseKind configured() {
    var name = System.getProperty("anabranch.test.database", "mariadb");
    return switch (name) {
      case "mariadb" -> MARIADB;
      case "mysql" -> MYSQL;
      default ->
          throw new IllegalArgumentException(
              "anabranch.test.database is \"" + name + "\", not \"mariadb\" or \"mysql\"");
    };
  }
}
