package dev.anabranch.connectors.mysql.connection;

import com.mysql.cj.Messages;
import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * What a failed statement means for its caller, told by the server's error number and the SQL
 * state. Texts are never read: they differ between servers, releases and languages.
 */
public enum SqlFailure {
  /** A unique key is taken; the statement stored nothing. */
  DUPLICATE_KEY,
  /**
   * The statement may succeed at once if it is repeated: a deadlock, a lock that was not released
   * in time.
   */
  RETRY,
  /** The connection is gone, or was cut while the statement ran: it may have taken effect. */
  LOST,
  /** The server refuses all writes, or has no room: the statement stored nothing. */
  UNAVAILABLE,
  /** Credentials, schema or grants are wrong: a person must change something. */
  REFUSED,
  /** The statement itself is wrong, or the tables are not those of this release. */
  PROGRAM;

  private static final Map<Integer, SqlFailure> BY_CODE = new HashMap<>();

  /**
   * About the values of the statement, though their SQL states say something general, or
   * "connection": no default, wrong characters, cut values, a CHECK, no partition; and what is too
   * large for a row, a statement, an undo record, or the cache of the binary log.
   */
  private static final Set<Integer> DATA =
      Set.of(1118, 1153, 1197, 1265, 1301, 1364, 1366, 1411, 1526, 1534, 1705, 1713, 1748, 3819);

  static {
    assign(DUPLICATE_KEY, 1022, 1062, 1586);
    // Deadlock, lock wait, record changed, definition changed, re-prepare, XA and group conflicts.
    assign(RETRY, 1213, 1205, 1020, 1412, 1615, 1613, 1614, 3101);
    // Shutdown, aborted, killed, network, idle for too long, error while committing.
    assign(LOST, 1053, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1317, 1927, 1969, 3024, 4031);
    assign(LOST, 2006, 2013, 2055);
    // Disk, table or memory full, engine errors.
    assign(UNAVAILABLE, 1021, 1026, 1030, 1037, 1038, 1041, 1114, 1135, 1206);
    // Too many connections or requests, host blocked.
    assign(UNAVAILABLE, 1040, 1129, 1203, 1226);
    // Read-only, offline, not a member of its cluster.
    assign(UNAVAILABLE, 1047, 1223, 1290, 1792, 1836, 3032, 3100, 3168);
    // Account, schema, grants, host.
    assign(REFUSED, 1044, 1045, 1049, 1130, 1142, 1143, 1227, 1251, 1524, 1698, 1820, 1862, 3118);
    // A trigger or view of an account that is gone.
    assign(REFUSED, 1449);
    // Somebody's trigger, view or generated column that refuses each row.
    assign(PROGRAM, 1356, 1442, 1906, 3105);
    DATA.forEach(code -> assign(PROGRAM, code));
  }

  public static SqlFailure of(SQLException e) {
    var known = BY_CODE.get(e.getErrorCode());
    if (known != null) {
      return known;
    }
    if (isServerWithoutTls(e)) {
      return REFUSED;
    }
    var state = state(e);
    if (state.startsWith("08")) {
      return LOST;
    }
    if (e instanceof PacketTooBigException) {
      // The driver did not send it.
      return PROGRAM;
    }
    if (e.getErrorCode() == 0) {
      // From the driver, not from the server, e.g. S1009 "closed" when the connection broke in
      // clean-up: the statement may have been sent.
      return LOST;
    }
    return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
      case "40" -> RETRY;
      // 45: somebody's trigger or procedure refuses it with SIGNAL.
      case "0A", "21", "22", "23", "42", "45" -> PROGRAM;
      default -> UNAVAILABLE;
    };
  }

  /**
   * Whether the server takes the statement with other values: out of range or too long, more than
   * it takes at once, or what constraints and triggers refuse that somebody has added.
   */
  public static boolean isAboutData(SQLException e) {
    var state = state(e);
    return state.startsWith("22")
        || state.startsWith("23")
        || state.startsWith("45")
        || e instanceof PacketTooBigException
        || DATA.contains(e.getErrorCode());
  }

  /**
   * Whether the URL demands TLS of a server that offers none. The driver gives it no number of its
   * own; the text is the driver's, so it is compared with what this release of it says.
   */
  static boolean isServerWithoutTls(SQLException e) {
    var said = Messages.getString("MysqlIO.15");
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (said.equals(cause.getMessage())) {
        return true;
      }
    }
    return false;
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  /**
   * One line: the server's or the driver's words, its numbers, and what caused a lost connection.
   */
  public static String describe(SQLException e) {
    var text = new StringBuilder(firstLine(e));
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
      if (root instanceof SSLException) {
        text = new StringBuilder("no TLS connection, check sslMode and the trusted certificate");
      }
    }
    if (root != e && root.getMessage() != null && !firstLine(root).contentEquals(text)) {
      text.append(": ").append(firstLine(root));
    }
    return text.append(" [")
        .append(e.getErrorCode())
        .append('/')
        .append(e.getSQLState())
        .append(']')
        .toString();
  }

  private static String firstLine(Throwable e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getMessage().lines().findFirst().orElse("").strip();
  }

  private static void assign(SqlFailure failure, int... codes) {
    for (var code : codes) {
      BY_CODE.put(code, failure);
    }
  }
}
