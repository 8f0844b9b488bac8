package dev.anabranch.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One physical database server, MariaDB or MySQL, as an operating system process of its own.
 *
 * <p><b>Durability.</b> Every commit is flushed ({@code innodb_flush_log_at_trx_commit=1}): what
 * was acknowledged survives {@link #kill()}.
 *
 * <p><b>Lifecycle.</b> {@link #start} returns when the server answers a query. {@link #stop()} and
 * {@link #kill()} leave the data; {@link #restart()} takes it up on the same port. {@link #close()}
 * stops. If the JVM exits, the server is killed; if the JVM is killed, the next start in the same
 * directory ends the orphan.
 *
 * <p><b>Access.</b> It listens on 127.0.0.1 only, without TLS, and knows one account with a
 * password and all rights, so that wrong credentials and missing rights fail as they do in
 * production.
 *
 * <p><b>Threads.</b> Safe for use by many: a test may kill it while others use it.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private static final String USER = "anabranch";
  private static final String PASSWORD = "anabranch-embedded";

  private static final Duration INITIALIZE_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

  /**
   * Relative to the data directory, where the server changes to: a path to a socket may have 107
   * characters only, which a build directory exceeds easily.
   */
  private static final String SOCKET = "server.sock";

  private final DatabaseConfig config;
  private final DatabaseSoftware software;
  private ServerProcess process;

  private EmbeddedDatabase(DatabaseConfig config) {
    this.config = config;
    this.software = DatabaseSoftware.of(config.kind());
    initialize();
    this.process = startServer();
  }

  /** Starts a server of the configured kind, with its data in the directory. */
  public static EmbeddedDatabase start(Path directory) {
    return start(DatabaseConfig.in(directory));
  }

  public static EmbeddedDatabase start(DatabaseConfig config) {
    return new EmbeddedDatabase(config);
  }

  public DatabaseKind kind() {
    return config.kind();
  }

  public int port() {
    return config.port();
  }

  public String user() {
    return USER;
  }

  public String password() {
    return PASSWORD;
  }

  /** A URL for MySQL Connector/J without credentials; the schema is created at first use. */
  public String jdbcUrl(String schema) {
    return jdbcUrl(schema, port());
  }

  /** The same through another port, that of a {@link TcpProxy} in front of this server. */
  public String jdbcUrl(String schema, int port) {
    return "jdbc:mysql://127.0.0.1:"
        + port
        + "/"
        + schema
        + "?sslMode=DISABLED&allowPublicKeyRetrieval=true&createDatabaseIfNotExist=true";
  }

  /** The operating system's id of the process that runs, or ran last. */
  public synchronized long pid() {
    return process.pid();
  }

  public synchronized boolean isRunning() {
    return process.isRunning();
  }

  /** Kills the process (SIGKILL) and returns when it is gone. */
  public synchronized void kill() {
    process.kill();
  }

  /** Shuts the server down and returns when it is gone; nothing happens if it is not running. */
  public synchronized void stop() {
    process.stop();
  }

  /** Runs it again, on the same port and data, stopping it first if it is running. */
  public synchronized void restart() {
    process.stop();
    process = startServer();
  }

  @Override
  public void close() {
    stop();
  }

  private Path data() {
    return config.directory().resolve("data");
  }

  private Path pidFile() {
    return data().resolve("mysqld.pid");
  }

  private Path initFile() {
    return config.directory().resolve("init.sql");
  }

  private void initialize() {
    if (Files.exists(data())) {
      return;
    }
    // The rename comes last, so a data directory that exists is complete.
    var fresh = config.directory().resolve("data.new");
    try {
      WorkDirectory.delete(fresh);
      Files.createDirectories(config.directory());
      ServerProcess.run(config.directory(), software.initialize(fresh), INITIALIZE_TIMEOUT);
      Files.writeString(
          initFile(),
          """
          CREATE USER IF NOT EXISTS '%1$s'@'%%' IDENTIFIED BY '%2$s';
          GRANT ALL PRIVILEGES ON *.* TO '%1$s'@'%%' WITH GRANT OPTION;
          """
              .formatted(USER, PASSWORD));
      Files.move(fresh, data());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the data directory " + data(), e);
    }
  }

  private ServerProcess startServer() {
    try {
      // MySQL refuses to start if a killed server's id in this file has become another process.
      Files.deleteIfExists(data().resolve(SOCKET + ".lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var started = ServerProcess.start(config.directory(), serverCommand(), Map.of());
    started.awaitReady(this::answers, START_TIMEOUT);
    return started;
  }

  private List<String> serverCommand() {
    var command = new ArrayList<>(software.server(data()));
    command.addAll(
        List.of(
            "--port=" + port(),
            "--bind-address=127.0.0.1",
            "--socket=" + SOCKET,
            "--pid-file=" + pidFile(),
            "--init-file=" + initFile(),
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=OFF",
            "--default-time-zone=+00:00",
            "--character-set-server=utf8mb4",
            "--max-allowed-packet=64M",
            "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=" + config.bufferPoolMegabytes() + "M",
            // MySQL's default is a year: a statement that waits for a table would hang a test.
            "--lock-wait-timeout=50"));
    command.addAll(config.serverArguments());
    return command;
  }

  /** Asks who answers too: an orphan of another directory might hold the port. */
  private boolean answers() {
    var url = jdbcUrl("") + "&connectTimeout=1000&socketTimeout=5000";
    try (var connection = DriverManager.getConnection(url, USER, PASSWORD);
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT @@pid_file")) {
      return result.next() && pidFile().toString().equals(result.getString(1));
    } catch (SQLException notYet) {
      return false;
    }
  }
}
