package dev.anabranch.embedded;

import dev.anabranch.embedded.network.TcpProxy;
import java.nio.file.Path;
import kafka.server.KafkaRaftServer;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker, controller included, inside this JVM; several may run at once, one for each
 * region of a test.
 *
 * <p>Its threads are no daemons: close it, or the JVM does not end. What Kafka holds to be fatal,
 * such as files that vanish or a controller port that is taken, ends the whole JVM.
 */
public final class EmbeddedKafka implements KafkaBroker {

  private final BrokerFiles files;
  private @Nullable KafkaRaftServer server;

  private EmbeddedKafka(BrokerFiles files) {
    this.files = files;
  }

  /** Starts a broker with its data in the directory, and returns when it serves. */
  public static EmbeddedKafka start(Path directory) {
    return start(KafkaBrokerConfig.in(directory));
  }

  public static EmbeddedKafka start(KafkaBrokerConfig config) {
    var kafka = new EmbeddedKafka(BrokerFiles.prepare(config));
    kafka.restart();
    return kafka;
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

  @Override
  public synchronized boolean isRunning() {
    return server != null;
  }

  @Override
  public synchronized void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  @Override
  public synchronized void restart() {
    stop();
    var starting = BrokerFiles.newServer(files.settingsFile());
    server = starting;
    boolean started = false;
    try {
      starting.startup();
      started = true;
    } finally {
      // Scala code throws checked exceptions undeclared, so there is no type to catch.
      if (!started) {
        stop();
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
