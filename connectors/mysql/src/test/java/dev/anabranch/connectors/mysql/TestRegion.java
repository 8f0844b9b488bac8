package dev.anabranch.connectors.mysql;

import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A migrated region with eight shards in one fresh schema, reached through a proxy. */
public final class TestRegion implements AutoCloseable {

  static final int SHARDS = 8;

  private final String schema = TestServer.newSchema();
  private final TcpProxy proxy = TcpProxy.open(TestServer.server().port());
  private final MySqlStoreConfig config;
  private final EventStore store;

  public TestRegion(SessionSettings settings) {
    config =
        TestServer.with(
            TestServer.config(SHARDS, TestServer.database(proxy, "a", schema, "0-7")), settings);
    new SchemaMigrator(config).migrate();
    store = new MySqlEventStoreFactory(config).open();
  }

  public static TestRegion create() {
    return new TestRegion(SessionSettings.DEFAULTS);
  }

  static TestRegion withLockWait(Duration lockWait) {
    return new TestRegion(
        SessionSettings.DEFAULTS.withTimeouts(
            Duration.ofSeconds(5), lockWait.plusSeconds(20), lockWait));
  }

  public MySqlStoreConfig config() {
    return config;
  }

  String schema() {
    return schema;
  }

  public TcpProxy proxy() {
    return proxy;
  }

  public EventStore store() {
    return store;
  }

  LogSession open() {
    return store.open(0);
  }

  /** Somebody else, in an open transaction. */
  Connection beginElsewhere() throws SQLException {
    var connection = TestServer.connect(schema);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(false);
    return connection;
  }

  @Override
  public void close() {
    store.close();
    proxy.close();
  }
}
