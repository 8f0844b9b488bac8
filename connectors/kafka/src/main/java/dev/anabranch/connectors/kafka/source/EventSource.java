package dev.anabranch.connectors.kafka.source;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.TopicAdmin;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.StoreLayout;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * The published log of a region, for readers that know how far each shard is and can read from the
 * event store what this source does not bring: it begins where its group stands, else at the
 * topic's end, and repeats and leaves out what Kafka does.
 */
public final class EventSource {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private EventSource() {}

  /**
   * @param groupId to which it commits how far it has read, for a start without a checkpoint
   */
  public static Source<LogRow, ?, ?> of(
      KafkaConnection connection, String topic, String groupId, StoreLayout layout) {
    var properties = connection.toProperties();
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "true");
    // The number of partitions is fixed when a region is created.
    properties.setProperty(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "-1");
    properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, groupId);
    properties.setProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), groupId);
    var region = layout.region().value();
    var shards = layout.shardCount();
    var kafka =
        KafkaSource.<LogRow>builder()
            .setProperties(properties)
            .setBootstrapServers(connection.bootstrapServers())
            .setTopics(topic)
            .setGroupId(groupId)
            .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.LATEST))
            .setDeserializer(new EventDeserializer(region, shards))
            .build();
    return new CheckedSource<>(
        kafka,
        properties,
        new Reading(
            connection.toProperties(),
            groupId,
            Reading.Otherwise.LATEST,
            connection.bootstrapServers(),
            "The projections read what they miss from the event store.",
            Map.of()),
        ids -> new EventDeserializer(region, shards),
        CheckedSource.Wrapping.NONE);
  }

  /**
   * Checks that the topic can be read.
   *
   * @throws IllegalStateException if not; the message says why and the remedy
   */
  public static void requireReadable(KafkaConnection connection, String topic, StoreLayout layout) {
    try (var admin = TopicAdmin.open(connection, TIMEOUT)) {
      var found =
          admin
              .describe(topic)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "topic "
                              + topic
                              + " does not exist: start the region's command job first, or correct"
                              + " events.topic"));
      TopicAdmin.withoutId(found)
          .ifPresent(
              problem -> {
                throw new IllegalStateException(problem);
              });
      if (found.partitions().size() != layout.eventsPartitions()) {
        throw new IllegalStateException(
            String.format(
                    Locale.ROOT,
                    "topic %s has %d partitions, region %s was created with %d: is it another region's?",
                    topic,
                    found.partitions().size(),
                    layout.region(),
                    layout.eventsPartitions())
                + " Correct events.topic");
      }
    }
  }
}
