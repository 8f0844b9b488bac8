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

/**
 * The data directory of one database server, made once and used for all its runs, and the command
 * line that runs it.
 */
final class DatabaseFiles {

  static final String USER = "anabranch";
  static final String PASSWORD = "anabranch-embedded";

  private static final Duration INITIALIZE_TIMEOUT = Duration.ofMinutes(2);

  /**
   * Relative to the data directory, where the server changes to: a path to a socket may have 107
   * characters only, which a build directory exceeds easily.
   */
  private static final String SOCKET = "server.sock";

  private final ServerConfig config;
  private final DatabaseSoftware software;

  private DatabaseFiles(ServerConfig config) {
    this.config = config;
    this.software = DatabaseSoftware.of(config.kind());
  }

  /** Makes the data directory unless there is one. */
  static DatabaseFiles prepare(ServerConfig config) {
    PlainPath.require(config.directory(), "a database's folder", "Name another one.");
    var files = new DatabaseFiles(config);
    files.initialize();
    return files;
  }

  /** A URL for MySQL Connector/J without credentials; the schema is created at first use. */
  static String jdbcUrl(String schema, int port) {
    return "jdbc:mysql://127.0.0.1:"
        + port
        + "/"
        + schema
        + "?sslMode=DISABLED&allowPublicKeyRetrieval=true&createDatabaseIfNotExist=true";
  }

  /** MySQL refuses to start if a killed server's id in this file has become another process. */
  void clearLocks() {
    try {
      Files.deleteIfExists(data().resolve(SOCKET + ".lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> serverCommand() {
    var command = new ArrayList<>(software.server(data()));
    command.addAll(
        List.of(
            "--port=" + config.port(),
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
  boolean answers() {
    var url = jdbcUrl("", config.port()) + "&connectTimeout=1000&socketTimeout=5000";
    try (var connection = DriverManager.getConnection(url, USER, PASSWORD);
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT @@pid_file")) {
      return result.next() && pidFile().toString().equals(result.getString(1));
    } catch (SQLException notYet) {
      return false;
    }
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
}
