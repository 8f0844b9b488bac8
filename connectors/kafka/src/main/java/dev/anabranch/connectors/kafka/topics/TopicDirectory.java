package dev.anabranch.connectors.kafka.topics;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Looks up how many partitions topics have; asking never creates one. */
public final class TopicDirectory implements AutoCloseable {

  private static final String TIMEOUT_MILLIS = "10000";
  private static final int START_TIMEOUT_SECONDS = 30;

  private final Admin admin;

  private TopicDirectory(Admin admin) {
    this.admin = admin;
  }

  public static TopicDirectory open(KafkaConnection connection) {
    var properties = connection.toProperties();
    properties.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    properties.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    return new TopicDirectory(Admin.create(properties));
  }

  /**
   * Number of partitions of a topic that a starting task needs.
   *
   * @throws IllegalStateException saying what is wrong with the topic
   */
  public static int require(KafkaConnection connection, String topic) throws InterruptedException {
    try (var directory = open(connection)) {
      return directory.awaitPartitions(topic);
    }
  }

  /** Completes with the number of partitions, on a thread that must not be blocked. */
  public CompletableFuture<Integer> partitions(String topic) {
    var described = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
    return requireNonNull(described)
        .thenApply(description -> description.partitions().size())
        .toCompletionStage()
        .toCompletableFuture();
  }

  /**
   * Number of partitions of a topic that must be there.
   *
   * @throws IllegalStateException saying what is wrong with the topic
   */
  public int awaitPartitions(String topic) throws InterruptedException {
    try {
      return partitions(topic).get(START_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      var problem =
          isMissing(e.getCause())
              ? "topic "
                  + topic
                  + " does not exist; create it with kafka-topics.sh"
                  + " --bootstrap-server ADDRESS --create --topic "
                  + topic
              : "can't look up topic "
                  + topic
                  + "; is the broker up, and may this job describe it?";
      throw new IllegalStateException(problem, e);
    }
  }

  /** Whether the lookup failed because there is no such topic. */
  public static boolean isMissing(@Nullable Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof UnknownTopicOrPartitionException;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
