package dev.anabranch.connectors.mysql.connection;

import com.mysql.cj.conf.PropertyDefinitions;
import com.mysql.cj.jdbc.AbandonedConnectionCleanupThread;
import com.mysql.cj.jdbc.NonRegisteringDriver;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/**
 * Opens connections to one database, each with the settings that the connector relies on, and puts
 * failures into words.
 *
 * <p>The driver is used directly, not by DriverManager: that one refuses drivers of another class
 * loader, and keeps a job's class loader alive after the job has ended.
 */
public final class DatabaseConnector {

  /** The server drops a session that is silent for so long: a vanished client holds no tag. */
  private static final int WAIT_TIMEOUT_SECONDS = 30;

  private static final int MIGRATION_WAIT_TIMEOUT_SECONDS = 86_400;
  private static final int MIGRATION_LOCK_WAIT_SECONDS = 50;

  /** NO_BACKSLASH_ESCAPES is what {@link SqlBuffer} writes for. */
  static final String SQL_MODE =
      "STRICT_ALL_TABLES,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
          + "NO_BACKSLASH_ESCAPES";

  private final DatabaseConfig config;
  private final SessionSettings settings;
  private final JdbcUrl url;

  public DatabaseConnector(DatabaseConfig config, SessionSettings settings) {
    this.config = config;
    this.settings = settings;
    this.url = config.url();
  }

  public DatabaseConfig config() {
    return config;
  }

  public SessionSettings settings() {
    return settings;
  }

  /** What messages call the database: its name and address. */
  public String where() {
    return "database '" + config.name() + "' (" + url + ")";
  }

  public Connection connect() throws SQLException {
    return connect(
        settings.socketTimeout().toMillis(),
        WAIT_TIMEOUT_SECONDS,
        (int) settings.lockWaitTimeout().toSeconds());
  }

  /** For changes of the schema, which may take hours. */
  public Connection connectForMigration() throws SQLException {
    return connect(0, MIGRATION_WAIT_TIMEOUT_SECONDS, MIGRATION_LOCK_WAIT_SECONDS);
  }

  private Connection connect(long socketMillis, int waitSeconds, int lockSeconds)
      throws SQLException {
    var properties = url.properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    properties.setProperty("connectTimeout", "" + settings.connectTimeout().toMillis());
    properties.setProperty("socketTimeout", "" + socketMillis);
    properties.setProperty(
        "sessionVariables",
        String.format(
            Locale.ROOT,
            ("sql_mode='%s',transaction_isolation='READ-COMMITTED',wait_timeout=%d,"
                + "innodb_lock_wait_timeout=%d,lock_wait_timeout=%d"),
            SQL_MODE,
            waitSeconds,
            lockSeconds,
            lockSeconds));
    var connection = Driver.INSTANCE.connect(url.address(), properties);
    if (connection == null) {
      throw new IllegalStateException("the driver does not know " + url.address());
    }
    return connection;
  }

  /** Gives up a connection that is of no use; whatever goes wrong then is of no interest. */
  public static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It was to be gone, and it is.
    }
  }

  /**
   * A failure in words: what could not be done, where, why, and the remedy where a person has to
   * act.
   */
  public RuntimeException failure(String action, SQLException e) {
    var said = SqlFailure.describe(e);
    var what = "can't %s %s: %s".formatted(action, where(), said);
    return switch (SqlFailure.of(e)) {
      case REFUSED -> new StoreLayoutException(refusal(e, said));
      case LOST, UNAVAILABLE, RETRY -> new StoreUnavailableException(what, e);
      case PROGRAM, DUPLICATE_KEY -> new IllegalStateException(what, e);
    };
  }

  private String refusal(SQLException e, String said) {
    if (SqlFailure.isServerWithoutTls(e)) {
      return "%s: the server offers no TLS, and the URL's sslMode demands it; give the server a certificate, or take the option out of the URL (%s)"
          .formatted(where(), said);
    }
    var user = "user '" + config.user() + "'";
    return switch (e.getErrorCode()) {
      case 1049 ->
          ("%s: there is no schema %s on this server; create it (CREATE DATABASE %s) or correct the"
                  + " URL (%s)")
              .formatted(where(), url.schema(), url.schema(), said);
      case 1044 ->
          "%s: %s may not use the schema %s, or there is none; create it and GRANT access (%s)"
              .formatted(where(), user, url.schema(), said);
      case 1142, 1143, 1227 ->
          ("%s: %s lacks a grant on %s; which ones a job needs is in docs/operating/security.md: a"
                  + " job that only reads this database needs SELECT and no more (%s)")
              .formatted(where(), user, url.schema(), said);
      case 1130 ->
          "%s: %s may not connect from this host; CREATE USER ... @'%%' or for this host (%s)"
              .formatted(where(), user, said);
      case 1449 ->
          "%s: a trigger or view belongs to an account that is gone; create it again under another one (%s)"
              .formatted(where(), said);
      default -> "%s refuses %s: check user and password (%s)".formatted(where(), user, said);
    };
  }

  /**
   * Loads the driver without its clean-up thread, which only serves programs that forget to close
   * connections, and whose life does not end with the job that started it.
   */
  private static final class Driver {

    static final NonRegisteringDriver INSTANCE = load();

    private static NonRegisteringDriver load() {
      var key = PropertyDefinitions.SYSP_disableAbandonedConnectionCleanup;
      var before = System.getProperty(key);
      System.setProperty(key, "true");
      try {
        // Reads the property once, when its class is initialized.
        Class.forName(
            AbandonedConnectionCleanupThread.class.getName(),
            true,
            DatabaseConnector.class.getClassLoader());
        return new NonRegisteringDriver();
      } catch (ReflectiveOperationException | SQLException e) {
        throw new IllegalStateException("MySQL Connector/J can't be loaded", e);
      } finally {
        if (before == null) {
          System.clearProperty(key);
        } else {
          System.setProperty(key, before);
        }
      }
    }
  }
}
