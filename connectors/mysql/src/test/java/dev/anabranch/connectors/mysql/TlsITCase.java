package dev.anabranch.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.log.PeerStoreFactory;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.ServerCertificate;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.StoreLayoutException;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A store behind TLS, with the URL's options as docs/operating/security.md has them. */
class TlsITCase {

  private static WorkDirectory directory;
  private static ServerCertificate certificate;
  private static ServerCertificate another;
  private static EmbeddedDatabase server;

  @BeforeAll
  static void start() {
    directory = WorkDirectory.create("tls");
    certificate = ServerCertificate.create(directory.resolve("certificate"));
    another = ServerCertificate.create(directory.resolve("another"));
    server =
        EmbeddedDatabase.start(
            dev.anabranch.embedded.ServerConfig.in(directory.resolve("server"))
                .withCertificate(certificate));
  }

  @AfterAll
  static void stop() {
    server.close();
    directory.close();
  }

  @Test
  void theLogIsWrittenAndReadOverTls() throws Exception {
    var url = url("trusted", "VERIFY_IDENTITY", certificate);
    var config = config(url);
    new SchemaMigrator(config).migrate();

    try (var store = new MySqlEventStoreFactory(config).open();
        var session = store.open(0)) {
      assertThat(session.append(TestRows.rows(0, 0, 3))).isEqualTo(Appended.INSTANCE);
    }
    try (var connection = DriverManager.getConnection(url, server.user(), server.password());
        var statement = connection.createStatement();
        var cipher = statement.executeQuery("SHOW STATUS LIKE 'Ssl_cipher'")) {
      assertThat(cipher.next()).isTrue();
      assertThat(cipher.getString(2)).isNotEmpty();
    }
  }

  /** A peer's store, which the cross-region job reads with a login that may SELECT. */
  @Test
  void thePeersStoreIsReadOverTlsAndNotWithoutTrust() throws Exception {
    var writing = config(url("peer", "VERIFY_IDENTITY", certificate));
    new SchemaMigrator(writing).migrate();
    try (var store = new MySqlEventStoreFactory(writing).open();
        var session = store.open(0)) {
      assertThat(session.append(TestRows.rows(0, 0, 3))).isEqualTo(Appended.INSTANCE);
    }
    try (var connection =
            DriverManager.getConnection(
                writing.databases().get(0).jdbcUrl(), server.user(), server.password());
        var statement = connection.createStatement()) {
      statement.execute("CREATE USER 'tls-reader'@'%' IDENTIFIED BY 'reading' REQUIRE SSL");
      statement.execute("GRANT SELECT ON peer.* TO 'tls-reader'@'%'");
    }

    try (var store = peer("VERIFY_IDENTITY", certificate).open();
        var session = store.read(0)) {
      assertThat(session.read(0, 0, 10)).hasSize(3);
    }
    assertThatThrownBy(() -> peer("VERIFY_CA", another).open())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no TLS connection, check sslMode and the trusted certificate");
    assertThatThrownBy(() -> peer("DISABLED", certificate).open())
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("tls-reader");
  }

  private static PeerStoreFactory peer(String mode, ServerCertificate trusted) {
    var database =
        new DatabaseConfig(
            "a", url("peer", mode, trusted), "tls-reader", "reading", ShardRanges.none());
    return new PeerStoreFactory("eu", List.of(database), SessionSettings.DEFAULTS);
  }

  @Test
  void aServerThatIsNotTrustedIsNotTalkedTo() {
    var config = config(url("untrusted", "VERIFY_CA", another));

    assertThatThrownBy(() -> new SchemaMigrator(config).migrate())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("database 'a'")
        .hasMessageContaining("no TLS connection, check sslMode and the trusted certificate");
  }

  @Test
  void aServerWithoutTlsIsRefusedAtOnceWhereTheUrlDemandsIt() {
    var plain = TestServer.server();
    var schema = TestServer.newSchema();
    var database =
        new DatabaseConfig(
            "a",
            plain.jdbcUrl(schema) + "&sslMode=REQUIRED",
            plain.user(),
            plain.password(),
            ShardRanges.of(0, 7));
    var config = TestServer.config(8, database);

    assertThatThrownBy(() -> new SchemaMigrator(config).validate())
        .isInstanceOf(StoreLayoutException.class)
        .hasMessageContaining("database 'a'")
        .hasMessageContaining("the server offers no TLS, and the URL's sslMode demands it");
    assertThatThrownBy(() -> new SchemaMigrator(config).migrateAtStart())
        .isInstanceOf(StoreLayoutException.class);
  }

  private static String url(String schema, String mode, ServerCertificate trusted) {
    return ("jdbc:mysql://127.0.0.1:%d/%s?createDatabaseIfNotExist=true&sslMode=%s"
            + "&trustCertificateKeyStoreUrl=%s&trustCertificateKeyStoreType=PKCS12"
            + "&trustCertificateKeyStorePassword=%s")
        .formatted(
            server.port(), schema, mode, trusted.keyStore().toUri(), trusted.keyStorePassword());
  }

  private static MySqlStoreConfig config(String url) {
    return TestServer.config(
        8, new DatabaseConfig("a", url, server.user(), server.password(), ShardRanges.of(0, 7)));
  }
}
