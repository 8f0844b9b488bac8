package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.JdbcUrl;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the tables of projections are.
 *
 * @param maxRowsPerStatement rows that one statement changes
 */
public record QueryConfig(
    String jdbcUrl,
    String user,
    String password,
    Duration connectTimeout,
    Duration socketTimeout,
    int maxRowsPerStatement)
    implements Serializable {

  private static final String NAME = "query";
  private static final int DEFAULT_ROWS = 500;

  /**
   * @throws IllegalArgumentException if the URL can't be used; the message shows no secret
   */
  public QueryConfig {
    JdbcUrl.parse(NAME, jdbcUrl);
  }

  /** A configuration with default limits. */
  public static QueryConfig of(String jdbcUrl, String user, String password) {
    return new QueryConfig(
        jdbcUrl,
        user,
        password,
        SessionSettings.DEFAULTS.connectTimeout(),
        SessionSettings.DEFAULTS.socketTimeout(),
        DEFAULT_ROWS);
  }

  DatabaseConnector connector() {
    return new DatabaseConnector(
        database(),
        SessionSettings.DEFAULTS.withTimeouts(
            connectTimeout, socketTimeout, SessionSettings.DEFAULTS.lockWaitTimeout()));
  }

  /** Warns as {@link DatabaseConfig#tlsWarning} does. */
  public Optional<String> tlsWarning() {
    return database().tlsWarning();
  }

  private DatabaseConfig database() {
    return new DatabaseConfig(NAME, jdbcUrl, user, password, ShardRanges.none());
  }

  /** Without the password and the URL's options. */
  @Override
  public String toString() {
    return "QueryConfig[%s, user %s]".formatted(JdbcUrl.parse(NAME, jdbcUrl), user);
  }
}
