package dev.anabranch.connectors.mysql.connection;

import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;

/**
 * A name that the server holds for exactly as long as one connection lives: a user-level lock.
 *
 * <p>Whoever cut a connection can't know what the server still does for it. The tag tells: the
 * server frees it as the last step of a connection's end, after the running statement was finished
 * or rolled back. Unlike a connection id it means nothing to another server or to the same one
 * restarted, where ids start again: then the tag is free, as it should be. It needs no privilege,
 * and neither does ending a connection of one's own account.
 */
public final class ConnectionTag {

  /** User-level locks have at most 64 characters. */
  private final String name = "anabranch:" + UUID.randomUUID();

  /** Ties the tag to this connection. */
  public void attach(Connection connection) throws SQLException {
    if (call(connection, "SELECT GET_LOCK(?, ?)", 0) != 1) {
      throw new IllegalStateException("the tag of a new connection is in use: " + name);
    }
  }

  /**
   * Ends the tagged connection if the server still has it, and waits until it is gone.
   *
   * @param connection another one, to the same server
   * @param where the database, for the message
   * @throws StoreUnavailableException if it is not gone in time
   */
  public void awaitGone(Connection connection, Duration timeout, String where) throws SQLException {
    var holder = call(connection, "SELECT IS_USED_LOCK(?)", -1);
    if (holder == 0) {
      return;
    }
    kill(connection, holder);
    if (call(connection, "SELECT GET_LOCK(?, ?)", Math.max(1, timeout.toSeconds())) != 1) {
      throw new StoreUnavailableException(
          String.format(
              Locale.ROOT,
              "%s is still busy with the lost connection %d after %d s; try again",
              where,
              holder,
              timeout.toSeconds()),
          null);
    }
    call(connection, "SELECT RELEASE_LOCK(?)", -1);
  }

  private static void kill(Connection connection, long id) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("KILL CONNECTION " + id);
    } catch (SQLException e) {
      if (e.getErrorCode() != 1094) { // it ended by itself in between
        throw e;
      }
    }
  }

  /**
   * @return 0 for SQL NULL
   */
  private long call(Connection connection, String sql, long seconds) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      if (seconds >= 0) {
        statement.setLong(2, seconds);
      }
      try (var result = statement.executeQuery()) {
        return result.next() ? result.getLong(1) : 0;
      }
    }
  }
}
