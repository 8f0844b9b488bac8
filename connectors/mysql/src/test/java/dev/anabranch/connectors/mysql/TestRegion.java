package dev.anabranch.connectors.mysql;

import dev.anabranch.embedded.TcpProxy;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A migrated region with eight shards in one fresh schema, reached through a proxy. */
final class TestRegion implements AutoCloseable {

  static final int SHARDS = 8;

  private final String schema = TestServer.newSchema();
  private final TcpProxy proxy = TcpProxy.open(TestServer.server().port());
  private final MySqlStoreConfig config;
  private final EventStore store;

  TestRegion(SessionSettings settings) {
    config =
        TestServer.with(
            TestServer.config(SHARDS, TestServer.database(proxy, "a", schema, "0-7")), settings);
    new SchemaMigrator(config).migrate();
    store = new MySqlEventStoreFactory(config).open();
  }

  static TestRegion create() {
    return new TestRegion(SessionSettings.DEFAULTS);
  }

  static TestRegion withLockWait(Duration lockWait) {
    return new TestRegion(
        SessionSettings.DEFAULTS.withTimeouts(
            Duration.ofSeconds(5), lockWait.plusSeconds(20), lockWait));
  }

  MySqlStoreConfig config() {
    return config;
  }

  String schema() {
    return schema;
  }

  TcpProxy proxy() {
    return proxy;
  }

  EventStore store() {
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
