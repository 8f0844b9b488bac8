package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.embedded.DatabaseKind;
import dev.anabranch.embedded.EmbeddedDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The one server that all cells of a run use, each window in a fresh schema. */
public final class Database implements AutoCloseable {

  public static final String REGION = "bench";
  public static final int EVENTS_PARTITIONS = 4;

  /** Settings of the connector's sessions: the server does the same work for every cell. */
  private static final String SESSION =
      "sql_mode='STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES',transaction_isolation='READ-COMMITTED'";

  private final EmbeddedDatabase server;
  private final int shards;
  private int schemas;

  private Database(EmbeddedDatabase server, int shards) {
    this.server = server;
    this.shards = shards;
  }

  public static Database start(Path directory, LoadOptions options) {
    // A log shorter than the pool makes the server write pages that will change again soon.
    var redo = Math.max(1024, options.poolMegabytes) + "M";
    var config =
        dev.anabranch.embedded.ServerConfig.in(directory)
            .withKind(options.databaseKind())
            .withBufferPoolMegabytes(options.poolMegabytes);
    config =
        options.databaseKind() == DatabaseKind.MYSQL
            ? config.withServerArgument("--innodb-redo-log-capacity=" + redo)
            : config.withServerArgument("--innodb-log-file-size=" + redo);
    for (var argument : options.databaseArguments) {
      config = config.withServerArgument(argument);
    }
    if (options.binlog) {
      config =
          config
              .withServerArgument("--log-bin=binlog")
              .withServerArgument("--server-id=1")
              .withServerArgument("--sync-binlog=1");
    }
    return new Database(EmbeddedDatabase.start(config), options.shards);
  }

  public long pid() {
    return server.pid();
  }

  /** What decides how much the server does for a commit. */
  public Map<String, String> settings() throws SQLException {
    var settings = new TreeMap<String, String>();
    try (var connection = connect("");
        var statement = connection.createStatement()) {
      for (var name :
          List.of(
              "version",
              "innodb_flush_log_at_trx_commit",
              "sync_binlog",
              "log_bin",
              "innodb_doublewrite",
              "innodb_buffer_pool_size")) {
        try (var result = statement.executeQuery("SELECT @@" + name)) {
          result.next();
          settings.put(name, result.getString(1));
        }
      }
    }
    return settings;
  }

  /** A migrated region in a schema of its own. */
  public Schema newSchema() {
    return newSchema(REGION);
  }

  public Schema newSchema(String region) {
    var name = "bench" + ++schemas;
    var config =
        new MySqlStoreConfig(
            region,
            shards,
            EVENTS_PARTITIONS,
            List.of(
                new DatabaseConfig(
                    "main",
                    server.jdbcUrl(name),
                    server.user(),
                    server.password(),
                    ShardRanges.of(0, shards - 1))),
            SessionSettings.DEFAULTS);
    new SchemaMigrator(config).migrate();
    return new Schema(name, config);
  }

  @Override
  public void close() {
    server.close();
  }

  private Connection connect(String schema) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("characterEncoding", "ISO-8859-1");
    properties.setProperty("sessionVariables", SESSION);
    return DriverManager.getConnection(server.jdbcUrl(schema), properties);
  }

  /** One region's tables; {@link #close} drops them. */
  public final class Schema implements AutoCloseable {
    private final String name;
    private final MySqlStoreConfig config;

    private Schema(String name, MySqlStoreConfig config) {
      this.name = name;
      this.config = config;
    }

    public MySqlEventStoreFactory store() {
      return new MySqlEventStoreFactory(config);
    }

    public String jdbcUrl() {
      return server.jdbcUrl(name);
    }

    public String user() {
      return server.user();
    }

    public String password() {
      return server.password();
    }

    /** A connection without any of the connector's code around it. */
    public Connection connect() throws SQLException {
      return Database.this.connect(name);
    }

    @Override
    public void close() throws SQLException {
      try (var connection = Database.this.connect("");
          var statement = connection.createStatement()) {
        statement.execute("DROP DATABASE " + name);
        statement.execute("FLUSH BINARY LOGS");
        statement.execute("PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY");
      }
    }
  }
}
