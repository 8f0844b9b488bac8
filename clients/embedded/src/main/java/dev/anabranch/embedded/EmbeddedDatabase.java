package dev.anabranch.embedded;

import dev.anabranch.embedded.network.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
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
 * <p><b>Access.</b> It listens on 127.0.0.1 only, without TLS unless the configuration has a
 * certificate, and knows one account with a password and all rights, so that wrong credentials and
 * missing rights fail as they do in production.
 *
 * <p><b>Threads.</b> Safe for use by many: a test may kill it while others use it.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

  private final ServerConfig config;
  private final DatabaseFiles files;
  private ServerProcess process;

  private EmbeddedDatabase(ServerConfig config) {
    this.config = config;
    this.files = DatabaseFiles.prepare(config);
    this.process = startServer();
  }

  /** Starts a server of the configured kind, with its data in the directory. */
  public static EmbeddedDatabase start(Path directory) {
    return start(ServerConfig.in(directory));
  }

  public static EmbeddedDatabase start(ServerConfig config) {
    return new EmbeddedDatabase(config);
  }

  public DatabaseKind kind() {
    return config.kind();
  }

  public int port() {
    return config.port();
  }

  public String user() {
    return DatabaseFiles.USER;
  }

  public String password() {
    return DatabaseFiles.PASSWORD;
  }

  /** A URL for MySQL Connector/J without credentials; the schema is created at first use. */
  public String jdbcUrl(String schema) {
    return jdbcUrl(schema, port());
  }

  /** The URL through another port, that of a {@link TcpProxy} in front of this server. */
  public String jdbcUrl(String schema, int port) {
    return DatabaseFiles.jdbcUrl(schema, port);
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

  private ServerProcess startServer() {
    files.clearLocks();
    var started = ServerProcess.start(config.directory(), files.serverCommand(), Map.of());
    started.awaitReady(files::answers, START_TIMEOUT);
    return started;
  }
}
