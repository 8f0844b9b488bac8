package dev.anabranch.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A server that is to outlive this JVM: its files are prepared, and whoever holds this starts the
 * process, keeps its id, and ends it.
 *
 * @param directory where the process runs; it is named in the command line, by which the process
 *     can be recognised
 * @param ready whether the started server serves; may be asked again and again
 */
public record DetachedServer(
    Path directory, List<String> command, Map<String, String> environment, BooleanSupplier ready) {

  /**
   * A Kafka broker with its controller in a JVM of its own, made from this one's class path.
   *
   * @param clientPort stays the same for all runs, as the controller's does
   */
  public static DetachedServer broker(
      KafkaBrokerConfig config, int clientPort, int controllerPort) {
    var files =
        BrokerFiles.prepare(KafkaProcess.withShortSession(config), clientPort, controllerPort);
    var readyFile = BrokerMain.readyFile(files.settingsFile());
    delete(readyFile);
    return new DetachedServer(
        config.directory(),
        KafkaProcess.command(config, files, BrokerMain.DETACHED),
        Map.of(
            "CLASSPATH", KafkaProcess.absoluteClassPath(), "TMPDIR", temporary(config.directory())),
        () -> Files.exists(readyFile));
  }

  /** A database server as {@link EmbeddedDatabase} runs it: the same account, the same settings. */
  public static DetachedServer database(ServerConfig config) {
    var files = DatabaseFiles.prepare(config);
    files.clearLocks();
    return new DetachedServer(
        config.directory(),
        files.serverCommand(),
        Map.of("TMPDIR", temporary(config.directory())),
        files::answers);
  }

  /** The account of every database server. */
  public static String databaseUser() {
    return DatabaseFiles.USER;
  }

  public static String databasePassword() {
    return DatabaseFiles.PASSWORD;
  }

  public static String jdbcUrl(String schema, int port) {
    return DatabaseFiles.jdbcUrl(schema, port);
  }

  private static String temporary(Path directory) {
    try {
      return Files.createDirectories(directory.resolve("tmp")).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in " + directory, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file, e);
    }
  }
}
