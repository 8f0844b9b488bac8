package dev.anabranch.connectors.mysql;

import java.io.Serializable;

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

  JdbcUrl url() {
    return JdbcUrl.parse(name, jdbcUrl);
  }

  DatabaseConfig withShards(ShardRanges other) {
    return new DatabaseConfig(name, jdbcUrl, user, password, other);
  }

  /** Without the password and the URL's options, which may hold other passwords. */
  @Override
  public String toString() {
    return "DatabaseConfig[%s, %s, user %s, shards %s]".formatted(name, url(), user, shards);
  }
}
