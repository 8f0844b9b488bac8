package dev.anabranch.embedded;

import dev.anabranch.embedded.network.TcpProxy;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A Kafka broker, controller included, in a JVM of its own made from this one's class path, so that
 * a test can kill it as a machine failure would.
 *
 * <p>It ends with the JVM that started it, also if that one is killed.
 */
public final class KafkaProcess implements KafkaBroker {

  private static final String SESSION_TIMEOUT = "broker.session.timeout.ms";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

  private final KafkaBrokerConfig config;
  private final BrokerFiles files;
  private ServerProcess process;

  private KafkaProcess(KafkaBrokerConfig config) {
    this.config = config;
    this.files = BrokerFiles.prepare(withShortSession(config));
    this.process = startProcess();
  }

  /** Starts a broker with its data in the directory, and returns when it serves. */
  public static KafkaProcess start(Path directory) {
    return start(KafkaBrokerConfig.in(directory));
  }

  public static KafkaProcess start(KafkaBrokerConfig config) {
    return new KafkaProcess(config);
  }

  @Override
  public String bootstrapServers() {
    return files.bootstrapServers();
  }

  @Override
  public String bootstrapServers(String listener) {
    return files.bootstrapServers(listener);
  }

  @Override
  public TcpProxy openProxy(int index) {
    return files.openProxy(index);
  }

  /** The operating system's id of the process that runs, or ran last. */
  public synchronized long pid() {
    return process.pid();
  }

  @Override
  public synchronized boolean isRunning() {
    return process.isRunning();
  }

  /** Kills the process (SIGKILL) and returns when it is gone. */
  public synchronized void kill() {
    process.kill();
  }

  @Override
  public synchronized void stop() {
    process.stop();
  }

  @Override
  public synchronized void restart() {
    process.stop();
    process = startProcess();
  }

  @Override
  public void close() {
    stop();
  }

  /**
   * A killed broker may register again only when its old session has timed out, by default after 9
   * seconds.
   */
  static KafkaBrokerConfig withShortSession(KafkaBrokerConfig config) {
    return config.settings().containsKey(SESSION_TIMEOUT)
        ? config
        : config
            .withSetting(SESSION_TIMEOUT, "3000")
            .withSetting("broker.heartbeat.interval.ms", "500");
  }

  private ServerProcess startProcess() {
    var ready = BrokerMain.readyFile(files.settingsFile());
    try {
      Files.deleteIfExists(ready);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var command = command(config, files, "");
    // As a variable it does not hide the settings file in the process's command line.
    var environment = Map.of("CLASSPATH", absoluteClassPath());
    var started = ServerProcess.start(config.directory(), command, environment);
    started.awaitReady(() -> Files.exists(ready), START_TIMEOUT);
    return started;
  }

  static List<String> command(KafkaBrokerConfig config, BrokerFiles files, String mode) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx" + config.heapMegabytes() + "m",
        BrokerMain.class.getName(),
        files.settingsFile().toString(),
        mode);
  }

  static String absoluteClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
