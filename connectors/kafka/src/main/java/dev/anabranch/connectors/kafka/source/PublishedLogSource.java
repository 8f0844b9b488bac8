package dev.anabranch.connectors.kafka.source;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.message.CommandRecord;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * The published log of a region, perhaps of another one behind a link that fails: every record of
 * its events topic, from the first one on.
 *
 * <p><b>Failure.</b> A cluster that can't be reached, or refuses the login or the topic, delays its
 * records and nothing else, also when the job starts: the number of partitions, which is fixed when
 * a region is created, is told, not asked for, and clients try for ever. Only a name that has no
 * address fails the job.
 *
 * <p><b>Recovery.</b> Offsets live in Flink's checkpoints, with the topic's id. They are committed
 * to no group. A topic that was made anew is read from its first record on.
 */
public final class PublishedLogSource {

  /** Clients wait for a cluster that is away, in their own threads: nothing is timed out. */
  private static final String FOR_EVER_MILLIS = Integer.toString(Integer.MAX_VALUE);

  private static final String CLOSE_TIMEOUT_MILLIS = "3000";

  private PublishedLogSource() {}

  /**
   * The source.
   *
   * @param connection of the region's own Kafka cluster
   * @param partitions of the topic, which must exist
   * @param clientId what the brokers call the job's clients
   */
  public static Source<CommandRecord, ?, ?> of(
      KafkaConnection connection, String topic, int partitions, String clientId) {
    return of(connection, topic, partitions, clientId, Map.of());
  }

  /**
   * The source.
   *
   * @param watched topics of that cluster that the job writes, which it is to tell of if they are
   *     made anew
   */
  public static Source<CommandRecord, ?, ?> of(
      KafkaConnection connection,
      String topic,
      int partitions,
      String clientId,
      Map<String, Reading.Watched> watched) {
    Properties properties = connection.toProperties();
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, FOR_EVER_MILLIS);
    // Not to lose seconds when a link is back.
    properties.setProperty(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
    // A fetcher that waits for a cluster that is away can't be woken: a task must not wait for it.
    properties.setProperty("source.reader.close.timeout", CLOSE_TIMEOUT_MILLIS);
    properties.setProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), clientId);
    properties.setProperty(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "false");
    properties.setProperty(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "-1");
    var kafka =
        KafkaSource.<CommandRecord>builder()
            .setProperties(properties)
            .setBootstrapServers(connection.bootstrapServers())
            .setKafkaSubscriber(new FixedPartitions(topic, partitions))
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setDeserializer(new CommandDeserializer())
            .build();
    var log = "topic " + topic + " at " + connection.bootstrapServers();
    return new CheckedSource<>(
        kafka,
        properties,
        new Reading(
            connection.toProperties(),
            null,
            Reading.Otherwise.EARLIEST,
            connection.bootstrapServers(),
            "Commits that are missed are held for, and asked for again.",
            watched),
        CommandDeserializer::new,
        reader -> new PatientSplitReader(reader, log));
  }

  /** Known without asking. */
  private record FixedPartitions(String topic, int partitions) implements KafkaSubscriber {
    @Override
    public Set<TopicPartition> getSubscribedTopicPartitions(AdminClient adminClient) {
      var all = new HashSet<TopicPartition>();
      for (var partition = 0; partition < partitions; partition++) {
        all.add(new TopicPartition(topic, partition));
      }
      return all;
    }
  }
}
