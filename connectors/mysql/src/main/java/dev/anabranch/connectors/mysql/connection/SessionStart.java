package dev.anabranch.connectors.mysql.connection;

import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each new connection must prove before a row is appended through it. */
public final class SessionStart {

  private static final Logger LOG = LoggerFactory.getLogger(SessionStart.class);

  private static final int ALL_BYTES = 256;

  /** What was warned about: once in a process is enough. */
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  /** What the server's variables allow. */
  public record Limits(long maxAllowedPacket) {}

  private SessionStart() {}

  public static Limits check(DatabaseConnector database, Connection connection)
      throws SQLException {
    requireExactBytes(database.where(), connection);
    try (var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT @@max_allowed_packet, CONCAT(@@global.read_only),"
                    + " CONCAT(@@innodb_read_only), @@global.innodb_flush_log_at_trx_commit,"
                    + " @@global.log_bin, @@global.sync_binlog")) {
      result.next();
      requireWritable(database.where(), result.getString(2), result.getString(3));
      warnUnless(result.getInt(4) == 1, "innodb_flush_log_at_trx_commit", database.where());
      warnUnless(result.getInt(5) == 0 || result.getInt(6) == 1, "sync_binlog", database.where());
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

  private static void warnUnless(boolean isOne, String variable, String where) {
    if (!isOne && WARNED.add(where + variable)) {
      LOG.warn(
          "{} does not have {}=1: rows that were acknowledged can be lost when the machine loses"
              + " power. Set it to 1.",
          where,
          variable);
    }
  }

  private static void requirePacket(DatabaseConnector database, long maxAllowedPacket) {
    var rowBytes = database.settings().maxRowBytes();
    var needed = StatementLimits.requiredPacketBytes(rowBytes);
    if (maxAllowedPacket < needed) {
      throw new StoreLayoutException(
          String.format(
              Locale.ROOT,
              ("%s takes statements of %d bytes (max_allowed_packet), but a row of the configured"
                  + " maximum of %d bytes may need %d: raise max_allowed_packet or lower the maximum"),
              database.where(),
              maxAllowedPacket,
              rowBytes,
              needed));
    }
  }
}
