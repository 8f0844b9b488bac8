package dev.anabranch.connectors.kafka.source;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.message.CommandRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * The commands of a region: every record of its topics, hostile ones included, with the key of the
 * aggregate that it is for.
 *
 * <p><b>Recovery.</b> Offsets live in Flink's checkpoints; they are also committed to the consumer
 * group, for a start without a checkpoint and for monitoring: after each checkpoint while commands
 * come, up to ten seconds later when none do. With each offset goes the id of the topic that it
 * counts in: a topic that was made anew is read from its first record on, and records that expired
 * unread are told of.
 */
public final class CommandSource {

  private static final Duration DEFAULT_DISCOVERY = Duration.ofMinutes(1);

  private CommandSource() {}

  /** Where a job without a checkpoint begins to read. */
  public enum Start {
    /** At the group's committed offsets; at the earliest record where there is none. */
    COMMITTED,
    /** At the earliest record of each partition. */
    EARLIEST
  }

  public static Builder builder(KafkaConnection connection, List<String> topics, String groupId) {
    return new Builder(connection, topics, groupId);
  }

  /** Collects what the source needs. */
  public static final class Builder {
    private final KafkaConnection connection;
    private final List<String> topics;
    private final String groupId;
    private Start start = Start.COMMITTED;
    private Duration partitionDiscovery = DEFAULT_DISCOVERY;
    private Map<String, String> consumerProperties = Map.of();
    private Map<String, Reading.Watched> watched = Map.of();
    private String consequence = "Their senders were told that they are in Kafka.";

    private Builder(KafkaConnection connection, List<String> topics, String groupId) {
      this.connection = connection;
      this.topics = List.copyOf(topics);
      this.groupId = groupId;
    }

    public Builder start(Start start) {
      this.start = start;
      return this;
    }

    /** How often to look for new partitions; zero: never. Default: every minute. */
    public Builder partitionDiscovery(Duration interval) {
      this.partitionDiscovery = interval;
      return this;
    }

    public Builder consumerProperties(Map<String, String> properties) {
      this.consumerProperties = Map.copyOf(properties);
      return this;
    }

    /** Topics that the job writes, which it is to tell of if they are made anew. */
    public Builder watch(Map<String, Reading.Watched> topics) {
      this.watched = Map.copyOf(topics);
      return this;
    }

    /** What it means if records are gone unread, a sentence for the log. */
    public Builder consequence(String sentence) {
      this.consequence = sentence;
      return this;
    }

    public Source<CommandRecord, ?, ?> build() {
      var properties = connection.toProperties();
      properties.putAll(consumerProperties);
      properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
      properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
      properties.setProperty(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "true");
      properties.setProperty(
          KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
          Long.toString(partitionDiscovery.isZero() ? -1 : partitionDiscovery.toMillis()));
      properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, groupId);
      properties.setProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), groupId);
      var kafka =
          KafkaSource.<CommandRecord>builder()
              .setProperties(properties)
              .setBootstrapServers(connection.bootstrapServers())
              .setTopics(topics)
              .setGroupId(groupId)
              .setStartingOffsets(startingOffsets())
              .setDeserializer(new CommandDeserializer())
              .build();
      return new CheckedSource<>(
          kafka,
          properties,
          new Reading(
              connection.toProperties(),
              groupId,
              Reading.Otherwise.EARLIEST,
              connection.bootstrapServers(),
              consequence,
              watched),
          CommandDeserializer::new,
          CheckedSource.Wrapping.NONE);
    }

    private OffsetsInitializer startingOffsets() {
      return switch (start) {
        case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
        case EARLIEST -> OffsetsInitializer.earliest();
      };
    }
  }
}
