package dev.anabranch.embedded;

import dev.anabranch.embedded.network.TcpProxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A Kafka cluster of one broker: {@link EmbeddedKafka} inside this JVM, or {@link KafkaProcess}
 * beside it.
 *
 * <p>Every stop leaves the data; {@link #restart()} takes it up on the same ports, so that clients
 * find the broker again. Topics are never created by use. {@link #close()} stops.
 *
 * <p><b>Threads.</b> Safe for use by many.
 */
public sealed interface KafkaBroker extends AutoCloseable permits EmbeddedKafka, KafkaProcess {

  /** Where clients that need no fault injection connect. */
  String bootstrapServers();

  /** The addresses of a listener of the configuration. */
  String bootstrapServers(String listener);

  /**
   * Opens a proxy in front of the broker. Clients bootstrap from {@code "127.0.0.1:" +
   * proxy.port()} and are told no other address, so all they say goes through it.
   *
   * @param index from 0, below the number of proxies in the configuration; one that was closed may
   *     be opened again
   */
  TcpProxy openProxy(int index);

  boolean isRunning();

  /** Shuts the broker down and returns when it is gone; nothing happens if it is not running. */
  void stop();

  /** Runs it again, stopping it first if it is running, and returns when it serves. */
  void restart();

  @Override
  void close();

  /** Creates a topic and returns when clients can see it; fails if it exists. */
  default void createTopic(String name, int partitions, Map<String, String> topicConfig) {
    var topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(topicConfig);
    Map<String, Object> admin =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    try (var client = Admin.create(admin)) {
      client.createTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
      awaitVisible(client, name);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("could not create topic " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topic " + name, e);
    }
  }

  private static void awaitVisible(Admin client, String name)
      throws ExecutionException, InterruptedException, TimeoutException {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!isVisible(client, name)) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("topic " + name + " was made but cannot be seen");
      }
      Thread.sleep(10);
    }
  }

  /** The controller knows a new topic a moment before the broker does. */
  private static boolean isVisible(Admin client, String name)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      client.describeTopics(List.of(name)).allTopicNames().get(30, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }
}
