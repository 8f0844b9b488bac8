package dev.anabranch.connectors.mysql.query;

import dev.anabranch.query.VersionId;

/** What the tables of projections are called in the database. */
public final class TableNames {

  private TableNames() {}

  /** Quoted: a name may be a word of SQL, such as {@code order}. Names hold no back-tick. */
  static String quoted(String name) {
    return '`' + name + '`';
  }

  /** The table behind the view of that name, unquoted. */
  public static String physical(String table, VersionId version) {
    return table + "_v" + version.version();
  }

  /** A view that is made before it takes another one's place. No table's name holds "__". */
  static String next(String table) {
    return table + "__next";
  }

  /** A view whose place was taken. */
  static String former(String table) {
    return table + "__former";
  }
}
