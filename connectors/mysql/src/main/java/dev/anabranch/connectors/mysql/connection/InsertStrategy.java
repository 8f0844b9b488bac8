package dev.anabranch.connectors.mysql.connection;

/** How rows travel to the server. What is stored is the same. */
public enum InsertStrategy {
  /** One statement as text, values escaped here: the least work for client and server. */
  TEXT,
  /**
   * One server-prepared statement with bound values: about twice the client's work. For servers or
   * proxies that do not let arbitrary bytes pass in a statement.
   */
  BIND
}
