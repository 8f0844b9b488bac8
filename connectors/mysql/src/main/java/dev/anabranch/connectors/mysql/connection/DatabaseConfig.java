package dev.anabranch.connectors.mysql.connection;

import java.io.Serializable;
import java.util.Optional;

/**
 * One physical database of a region.
 *
 * @param name what messages and metrics call it
 * @param jdbcUrl {@code jdbc:mysql://host:port/schema?...}, for MariaDB as well; carries the TLS
 *     options of MySQL Connector/J ({@code sslMode}, {@code trustCertificateKeyStoreUrl}, ...), not
 *     the credentials
 * @param shards the shards whose rows it holds; none if they are to be read from it
 */
public record DatabaseConfig(
    String name, String jdbcUrl, String user, String password, ShardRanges shards)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if the URL can't be used; the message names the part that is
   *     wrong and shows no secret
   */
  public DatabaseConfig {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a database of the event store has no name; give it one");
    }
    JdbcUrl.parse(name, jdbcUrl);
  }

  public JdbcUrl url() {
    return JdbcUrl.parse(name, jdbcUrl);
  }

  /**
   * Says that nobody makes sure who answers at the address, or that nobody else reads what is sent;
   * empty if the URL demands both, or the address is this machine's own.
   */
  public Optional<String> tlsWarning() {
    return url().isVerified()
        ? Optional.empty()
        : Optional.of(
            "the connection to database '%s' (%s) is not verified, and not encrypted if the server offers no TLS: set sslMode=VERIFY_IDENTITY or VERIFY_CA in its URL"
                .formatted(name, url()));
  }

  public DatabaseConfig withShards(ShardRanges other) {
    return new DatabaseConfig(name, jdbcUrl, user, password, other);
  }

  /** Without the password and the URL's options, which may hold other passwords. */
  @Override
  public String toString() {
    return "DatabaseConfig[%s, %s, user %s, shards %s]".formatted(name, url(), user, shards);
  }
}
