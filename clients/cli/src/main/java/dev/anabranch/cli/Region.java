package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.store.EventStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthenticationException;

/** A region as configured, and how a command reaches its parts. */
public record Region(CommandJobOptions options) {

  private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(10);

  /** Somebody waits at a terminal: shorter than what a job would wait for. */
  private static final Map<String, String> PATIENCE =
      Map.of("default.api.timeout.ms", "15000", "request.timeout.ms", "15000");

  public static Region of(String... args) {
    return new Region(CommandJobOptions.fromArgs(args));
  }

  String name() {
    return options.region().name().value();
  }

  /** For reading: also of an older release, so that a new one can be tried before it migrates. */
  EventStore openStore() {
    return new MySqlEventStoreFactory(options.store().config()).openForReading();
  }

  /** For what is written beside the log: a database of an older release is refused. */
  EventStore openStoreToWrite() {
    return new MySqlEventStoreFactory(options.store().config()).open();
  }

  /**
   * The region's Kafka.
   *
   * @throws CliException if it does not answer
   */
  public KafkaConnection kafka() {
    var configured = options.kafka();
    var properties = new HashMap<>(PATIENCE);
    properties.putAll(configured.clientProperties());
    var connection = new KafkaConnection(configured.bootstrapServers(), properties);
    requireReachable(connection);
    return connection;
  }

  EventTopicReader eventTopic(EventStore store) {
    return new EventTopicReader(kafka(), options.events().topic(), store.layout())
        .forgetting(LossCommand.acceptedLosses(store));
  }

  private static void requireReachable(KafkaConnection connection) {
    try (var admin = Admin.create(connection.toProperties())) {
      try {
        admin.describeCluster().nodes().get(KAFKA_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        admin.close(Duration.ZERO);
        throw CliException.unreachable(whyNot(connection, e), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CliException.unreachable(
            "interrupted while asking Kafka at " + connection.bootstrapServers(), e);
      }
    } catch (org.apache.kafka.common.KafkaException e) {
      throw CliException.unreachable(whyNot(connection, e) + " (" + rootMessage(e) + ")", e);
    }
  }

  private static String whyNot(KafkaConnection connection, Exception e) {
    var kafka = "Kafka at " + connection.bootstrapServers();
    if (e.getCause() instanceof AuthenticationException refused) {
      return kafka
          + " refuses this login: "
          + refused.getMessage()
          + "; check kafka.properties.sasl.* and kafka.properties.ssl.*";
    }
    return kafka
        + " does not answer; is it running, is kafka.bootstrap-servers right, and does it want TLS"
        + " or a login (kafka.properties.security.protocol)?";
  }

  private static String rootMessage(Throwable e) {
    var cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
