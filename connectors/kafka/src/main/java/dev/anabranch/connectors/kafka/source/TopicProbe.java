package dev.anabranch.connectors.kafka.source;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster what its topics are now, without ever waiting: answers come as futures, on a
 * thread that must not be blocked.
 *
 * <p><b>Failure.</b> A future fails after {@value #TIMEOUT_MILLIS} ms without an answer.
 *
 * <p><b>Threads.</b> One.
 */
final class TopicProbe implements AutoCloseable {

  private static final String TIMEOUT_MILLIS = "10000";
  private static final Duration TIMEOUT = Duration.ofMillis(Long.parseLong(TIMEOUT_MILLIS));

  private final Properties properties;
  private final @Nullable String groupId;

  /** Made when it is needed first: many readers have no partition. */
  private @Nullable Admin admin;

  /**
   * @param connection of the cluster
   * @param groupId whose committed offsets are asked for; null: of none
   */
  TopicProbe(Properties connection, @Nullable String groupId) {
    this.properties = new Properties();
    this.properties.putAll(connection);
    this.properties.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    this.properties.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    this.groupId = groupId;
  }

  /** The topics by name, with what the given partitions hold. */
  CompletableFuture<Map<String, TopicNow>> topics(Collection<IdentifiedSplit> splits) {
    var partitions =
        splits.stream().map(KafkaPartitionSplit::getTopicPartition).collect(Collectors.toSet());
    var names = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
    var described = stage(admin().describeTopics(names).allTopicNames());
    return described
        .thenCompose(topics -> filled(topics, partitions))
        .thenCompose(topics -> compared(topics, splits))
        .toCompletableFuture();
  }

  private CompletionStage<Map<String, TopicNow>> compared(
      Map<String, TopicNow> topics, Collection<IdentifiedSplit> splits) {
    var positions = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (var split : splits) {
      Beginning.comparable(split, requireNonNull(topics.get(split.getTopic())))
          .ifPresent(position -> positions.put(split.getTopicPartition(), position));
    }
    return positions.isEmpty()
        ? CompletableFuture.completedFuture(topics)
        : lostEnds(positions).thenApply(lost -> with(lost, topics));
  }

  /** Those of the partitions that have other records below these positions than were read. */
  CompletableFuture<Map<TopicPartition, LostEnds.Divergence>> lostEnds(
      Map<TopicPartition, OffsetAndMetadata> positions) {
    var asked = Map.copyOf(positions);
    return CompletableFuture.supplyAsync(
        () -> LostEnds.of(properties, asked, TIMEOUT), TopicProbe::onItsOwn);
  }

  /** The answer takes a moment, or as long as the timeout; nobody waits for the thread. */
  private static void onItsOwn(Runnable question) {
    var thread = new Thread(question, "anabranch-lost-ends");
    thread.setDaemon(true);
    thread.start();
  }

  private static Map<String, TopicNow> with(
      Map<TopicPartition, LostEnds.Divergence> lost, Map<String, TopicNow> topics) {
    var now = new HashMap<>(topics);
    lost.forEach(
        (partition, divergence) ->
            now.computeIfPresent(
                partition.topic(), (name, topic) -> topic.lost(partition.partition(), divergence)));
    return now;
  }

  /** The ids of those of the topics that exist. */
  CompletableFuture<Map<String, String>> ids(Set<String> topics) {
    var ids = new HashMap<String, String>();
    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
    for (var asked : admin().describeTopics(topics).topicNameValues().entrySet()) {
      all =
          all.thenCombine(
              stage(asked.getValue()).handle(TopicProbe::idOrNone),
              (before, id) -> {
                if (!id.isEmpty()) {
                  ids.put(asked.getKey(), id);
                }
                return before;
              });
    }
    return all.<Map<String, String>>thenApply(done -> ids).toCompletableFuture();
  }

  private static String idOrNone(@Nullable TopicDescription found, @Nullable Throwable failure) {
    if (found != null) {
      return new TopicNow(found.topicId().toString(), Map.of()).id();
    }
    if (causeOf(requireNonNull(failure)) instanceof UnknownTopicOrPartitionException) {
      return "";
    }
    throw new CompletionException(failure);
  }

  static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private CompletionStage<Map<String, TopicNow>> filled(
      Map<String, TopicDescription> topics, Collection<TopicPartition> asked) {
    var there =
        asked.stream()
            .filter(p -> p.partition() < requireNonNull(topics.get(p.topic())).partitions().size())
            .collect(Collectors.toSet());
    var starts = offsets(there, OffsetSpec.earliest());
    var ends = offsets(there, OffsetSpec.latest());
    return starts.thenCombine(
        ends.thenCombine(committed(), (end, committed) -> new EndsAndGroup(end, committed)),
        (start, rest) -> combined(topics, there, start, rest));
  }

  private record EndsAndGroup(
      Map<TopicPartition, ListOffsetsResultInfo> ends,
      Map<TopicPartition, OffsetAndMetadata> committed) {}

  private static Map<String, TopicNow> combined(
      Map<String, TopicDescription> topics,
      Set<TopicPartition> there,
      Map<TopicPartition, ListOffsetsResultInfo> starts,
      EndsAndGroup rest) {
    var ranges = new HashMap<String, Map<Integer, TopicNow.Range>>();
    topics.keySet().forEach(topic -> ranges.put(topic, new HashMap<>()));
    for (var partition : there) {
      var committed = rest.committed.get(partition);
      var end = requireNonNull(rest.ends.get(partition));
      requireNonNull(ranges.get(partition.topic()))
          .put(
              partition.partition(),
              new TopicNow.Range(
                  requireNonNull(starts.get(partition)).offset(),
                  end.offset(),
                  committed == null ? -1 : committed.offset(),
                  committed == null
                      ? IdentifiedSplit.NO_EPOCH
                      : committed.leaderEpoch().orElse(IdentifiedSplit.NO_EPOCH),
                  end.leaderEpoch().orElse(IdentifiedSplit.NO_EPOCH),
                  null));
    }
    var now = new HashMap<String, TopicNow>();
    topics.forEach(
        (topic, description) ->
            now.put(
                topic,
                new TopicNow(description.topicId().toString(), requireNonNull(ranges.get(topic)))));
    return now;
  }

  private CompletionStage<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
      Set<TopicPartition> partitions, OffsetSpec spec) {
    if (partitions.isEmpty()) {
      return CompletableFuture.completedFuture(Map.of());
    }
    var asked = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> asked.put(partition, spec));
    var options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    return stage(admin().listOffsets(asked, options).all());
  }

  private CompletionStage<Map<TopicPartition, OffsetAndMetadata>> committed() {
    var group = groupId;
    if (group == null) {
      return CompletableFuture.completedFuture(Map.of());
    }
    return stage(admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(group));
  }

  private static <T> CompletionStage<T> stage(KafkaFuture<T> future) {
    return future.toCompletionStage();
  }

  private Admin admin() {
    var open = admin;
    if (open == null) {
      open = Admin.create(properties);
      admin = open;
    }
    return open;
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }
}
