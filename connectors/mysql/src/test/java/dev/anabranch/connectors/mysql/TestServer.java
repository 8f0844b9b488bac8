package dev.anabranch.connectors.mysql;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.embedded.network.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The server that the tests of this module share; each takes schemas of its own. */
public final class TestServer {

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private static final class Shared {
    static final EmbeddedDatabase SERVER = start();

    private static EmbeddedDatabase start() {
      var directory = WorkDirectory.create("event-store");
      var server = EmbeddedDatabase.start(directory.path());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    directory.close();
                  }));
      return server;
    }
  }

  private TestServer() {}

  static EmbeddedDatabase server() {
    return Shared.SERVER;
  }

  public static String newSchema() {
    return "test" + SCHEMAS.incrementAndGet();
  }

  public static DatabaseConfig database(String name, String schema, String shards) {
    return database(server(), server().port(), name, schema, shards);
  }

  /** The same, through a proxy. */
  static DatabaseConfig database(TcpProxy proxy, String name, String schema, String shards) {
    return database(server(), proxy.port(), name, schema, shards);
  }

  static DatabaseConfig database(
      EmbeddedDatabase server, int port, String name, String schema, String shards) {
    return new DatabaseConfig(
        name,
        server.jdbcUrl(schema, port),
        server.user(),
        server.password(),
        ShardRanges.parse(shards));
  }

  public static MySqlStoreConfig config(int shards, DatabaseConfig... databases) {
    return new MySqlStoreConfig("eu", shards, 1, List.of(databases), SessionSettings.DEFAULTS);
  }

  static MySqlStoreConfig with(MySqlStoreConfig config, SessionSettings settings) {
    return new MySqlStoreConfig(
        config.region(),
        config.shardCount(),
        config.eventsPartitions(),
        config.databases(),
        settings);
  }

  /** A connection with all rights, with default settings, that stands for anybody else. */
  public static Connection connect(String schema) throws SQLException {
    return DriverManager.getConnection(
        server().jdbcUrl(schema), server().user(), server().password());
  }

  static void execute(String schema, String... statements) throws SQLException {
    try (var connection = connect(schema);
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  public static long number(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      return result.next() ? result.getLong(1) : 0;
    }
  }
}
