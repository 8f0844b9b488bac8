package dev.anabranch.connectors.mysql;

import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each new connection must prove before a row is appended through it. */
final class SessionStart {

  private static final Logger LOG = LoggerFactory.getLogger(SessionStart.class);

  private static final int ALL_BYTES = 256;

  /** Databases that were warned about: once in a process is enough. */
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  /** What the server's variables allow. */
  record Limits(long maxAllowedPacket) {}

  private SessionStart() {}

  static Limits check(DatabaseConnector database, Connection connection) throws SQLException {
    requireExactBytes(database.where(), connection);
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT @@max_allowed_packet, CONCAT(@@global.read_only),"
                    + " @@global.innodb_flush_log_at_trx_commit, CONCAT(@@innodb_read_only)")) {
      result.next();
      requireWritable(database.where(), result.getString(2), result.getString(4));
      warnUnlessFlushed(database.where(), result.getInt(3));
      var packet = result.getLong(1);
      requirePacket(database, packet);
      return new Limits(packet);
    }
  }

  /** Proves what {@link SqlBuffer} relies on: every byte arrives, and none ends a value. */
  private static void requireExactBytes(String where, Connection connection) throws SQLException {
    var all = new byte[ALL_BYTES];
    for (var i = 0; i < ALL_BYTES; i++) {
      all[i] = (byte) i;
    }
    var sql = new SqlBuffer().sql("SELECT ").binary(all);
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      try (var result = statement.executeQuery(sql.toStatement())) {
        if (!result.next() || !Arrays.equals(all, result.getBytes(1))) {
          throw new StoreLayoutException(
              where
                  + " reads other bytes than were sent: is there a proxy that changes sql_mode or"
                  + " the character set? Connect without it");
        }
      }
    }
  }

  private static void requireWritable(String where, String readOnly, String innodbReadOnly) {
    if (isOn(readOnly) || isOn(innodbReadOnly)) {
      throw new StoreUnavailableException(
          where
              + " is read-only (read_only = "
              + readOnly
              + "): is it a replica? Connect to the primary, or SET GLOBAL read_only = OFF",
          null);
    }
  }

  private static boolean isOn(String variable) {
    return !variable.equals("0") && !variable.equalsIgnoreCase("OFF");
  }

  private static void warnUnlessFlushed(String where, int flush) {
    if (flush != 1 && WARNED.add(where)) {
      LOG.warn(
          "{} has innodb_flush_log_at_trx_commit={}: rows that were acknowledged can be lost when"
              + " the machine loses power. Set it to 1.",
          where,
          flush);
    }
  }

  private static void requirePacket(DatabaseConnector database, long maxAllowedPacket) {
    var rowBytes = database.settings().maxRowBytes();
    var needed = StatementLimits.requiredPacketBytes(rowBytes);
    if (maxAllowedPacket < needed) {
      throw new StoreLayoutException(
          "%s takes statements of %d bytes (max_allowed_packet), but a row of the configured maximum of %d bytes may need %d: raise max_allowed_packet or lower the maximum"
              .formatted(database.where(), maxAllowedPacket, rowBytes, needed));
    }
  }
}
