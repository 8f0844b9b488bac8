package dev.anabranch.connectors.kafka.topics;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Blocking calls to a cluster's administration: one deadline for all, errors that say what to do.
 */
public final class TopicAdmin implements AutoCloseable {

  private static final long VISIBILITY_POLL_MILLIS = 50;

  private final Admin admin;
  private final String servers;
  private final Duration timeout;
  private final long deadlineNanos;

  private TopicAdmin(Admin admin, String servers, Duration timeout) {
    this.admin = admin;
    this.servers = servers;
    this.timeout = timeout;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
  }

  public static TopicAdmin open(KafkaConnection connection, Duration timeout) {
    var properties = connection.toProperties();
    var millis = Long.toString(timeout.toMillis());
    properties.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    properties.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    return new TopicAdmin(Admin.create(properties), connection.bootstrapServers(), timeout);
  }

  /** Describes a topic; empty if there is none of that name. */
  public Optional<TopicDescription> describe(String topic) {
    try {
      var described = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
      return Optional.of(await(requireNonNull(described)));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw failed("describe topic " + topic, e);
    }
  }

  /**
   * Kafka's id of the topic, which another of the same name does not have; empty: it gives none.
   */
  public static Optional<String> idOf(TopicDescription topic) {
    return topic.topicId().equals(Uuid.ZERO_UUID)
        ? Optional.empty()
        : Optional.of(topic.topicId().toString());
  }

  /**
   * Why no job can work with the topic, if its cluster gives it no id: whether it was deleted and
   * made again could not be told.
   */
  public static Optional<String> withoutId(TopicDescription topic) {
    return idOf(topic).isPresent()
        ? Optional.empty()
        : Optional.of(
            "topic "
                + topic.name()
                + ": its cluster gives it no id, by which one that was deleted and made again is"
                + " known; let all brokers be of Kafka 2.8 or later, with"
                + " inter.broker.protocol.version 2.8 or later if they use ZooKeeper");
  }

  /** Returns when the topic can be seen; one that another process creates meanwhile is fine. */
  TopicDescription create(NewTopic topic) {
    try {
      await(admin.createTopics(List.of(topic)).all());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw failed("create topic " + topic.name(), e);
      }
    }
    // The controller knows a new topic a moment before the broker that is asked.
    for (var seen = describe(topic.name()); ; seen = describe(topic.name())) {
      if (seen.isPresent()) {
        return seen.get();
      }
      pause(topic.name());
    }
  }

  /** Settings of a topic, with what it inherits; empty: this user may not read them. */
  public Optional<Map<String, String>> topicSettings(String topic) {
    return settings(new ConfigResource(ConfigResource.Type.TOPIC, topic));
  }

  /** Settings of one of the brokers; empty: this user may not read them. */
  Optional<Map<String, String>> brokerSettings() {
    try {
      var nodes = await(admin.describeCluster().nodes());
      var broker = nodes.iterator().next().idString();
      return settings(new ConfigResource(ConfigResource.Type.BROKER, broker));
    } catch (ExecutionException e) {
      throw failed("list the brokers", e);
    }
  }

  /** Sets what a group has committed of a topic back to the topic's first records. */
  void rewind(String group, String topic) {
    var partitions =
        describe(topic).map(TopicDescription::partitions).orElse(List.of()).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .collect(Collectors.toMap(partition -> partition, each -> OffsetSpec.earliest()));
    if (partitions.isEmpty()) {
      return;
    }
    try {
      var first = new HashMap<TopicPartition, OffsetAndMetadata>();
      await(admin.listOffsets(partitions).all())
          .forEach((partition, at) -> first.put(partition, new OffsetAndMetadata(at.offset())));
      await(admin.alterConsumerGroupOffsets(group, first).all());
    } catch (ExecutionException e) {
      throw failed("set group " + group + " back to the first records of " + topic, e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private Optional<Map<String, String>> settings(ConfigResource resource) {
    try {
      var described = admin.describeConfigs(List.of(resource)).values().get(resource);
      var config = await(requireNonNull(described));
      var values = new HashMap<String, String>();
      config.entries().forEach(entry -> values.put(entry.name(), String.valueOf(entry.value())));
      return Optional.of(values);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicAuthorizationException
          || e.getCause() instanceof ClusterAuthorizationException) {
        return Optional.empty();
      }
      throw failed("read the settings of " + resource.name(), e);
    }
  }

  private <T> T await(KafkaFuture<T> future) throws ExecutionException {
    try {
      return future.get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void pause(String topic) {
    if (System.nanoTime() > deadlineNanos) {
      throw new IllegalStateException(
          "topic "
              + topic
              + " was created, but the broker did not show it within "
              + timeout.toSeconds()
              + " seconds; start again");
    }
    try {
      TimeUnit.MILLISECONDS.sleep(VISIBILITY_POLL_MILLIS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private IllegalStateException failed(String what, ExecutionException e) {
    var cause = e.getCause();
    if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
      return unreachable(e);
    }
    if (cause instanceof AuthenticationException) {
      return new IllegalStateException(
          "Kafka at %s refuses this login: %s; check its TLS and SASL settings"
              .formatted(servers, cause.getMessage()),
          e);
    }
    var remedy = cause instanceof AuthorizationException ? "; grant it to this user" : "";
    return new IllegalStateException(
        "can't %s at %s: %s%s"
            .formatted(what, servers, (cause == null ? e : cause).getMessage(), remedy),
        e);
  }

  private IllegalStateException unreachable(Exception e) {
    return new IllegalStateException(
        "Kafka at "
            + servers
            + " did not answer within "
            + timeout.toSeconds()
            + " seconds; check the address, the network, and the TLS and SASL settings",
        e);
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while asking Kafka", e);
  }
}
