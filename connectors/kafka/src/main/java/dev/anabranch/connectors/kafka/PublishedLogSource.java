package dev.anabranch.connectors.kafka;

import dev.anabranch.model.CommandRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The published log of a region, perhaps of another one behind a link that fails: every record of
 * its events topic, from the first one on.
 *
 * <p><b>Failure.</b> A cluster that can't be reached, or refuses the login or the topic, delays its
 * records and nothing else, also when the job starts: the number of partitions, which is fixed when
 * a region is created, is told, not asked for, and clients try for ever. Only a name that has no
 * address fails the job.
 *
 * <p><b>Recovery.</b> Offsets live in Flink's checkpoints, in the form of {@link KafkaSource}. They
 * are committed to no group.
 */
public final class PublishedLogSource
    implements Source<CommandRecord, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<CommandRecord> {

  private static final long serialVersionUID = 1L;

  /** Clients wait for a cluster that is away, in their own threads: nothing is timed out. */
  private static final String FOR_EVER_MILLIS = Integer.toString(Integer.MAX_VALUE);

  private static final String CLOSE_TIMEOUT_MILLIS = "3000";

  /** All but the reader are its own. */
  private final KafkaSource<CommandRecord> kafka;

  private final Properties properties;
  private final String log;

  private PublishedLogSource(KafkaSource<CommandRecord> kafka, Properties properties, String log) {
    this.kafka = kafka;
    this.properties = properties;
    this.log = log;
  }

  /**
   * The source.
   *
   * @param connection of the region's own Kafka cluster
   * @param partitions of the topic, which must exist
   * @param clientId what the brokers call the job's clients
   */
  public static PublishedLogSource of(
      KafkaConnection connection, String topic, int partitions, String clientId) {
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
    // What the builder adds for its own reader.
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.setProperty(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    properties.setProperty(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    return new PublishedLogSource(
        kafka, properties, "topic " + topic + " at " + connection.bootstrapServers());
  }

  @Override
  public Boundedness getBoundedness() {
    return kafka.getBoundedness();
  }

  /** That of {@link KafkaSource}, but for {@link PatientSplitReader}. */
  @Override
  public SourceReader<CommandRecord, KafkaPartitionSplit> createReader(
      SourceReaderContext context) {
    var metrics = new KafkaSourceReaderMetrics(context.metricGroup());
    var queue =
        new FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>();
    var fetchers =
        new KafkaSourceFetcherManager(
            queue,
            () ->
                new PatientSplitReader(
                    new KafkaPartitionSplitReader(properties, context, metrics), log),
            finished -> {});
    return new KafkaSourceReader<>(
        queue,
        fetchers,
        new KafkaRecordEmitter<>(new CommandDeserializer()),
        configuration(),
        context,
        metrics);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return kafka.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return kafka.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return kafka.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return kafka.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<CommandRecord> getProducedType() {
    return kafka.getProducedType();
  }

  private Configuration configuration() {
    var all = new HashMap<String, String>();
    properties.stringPropertyNames().forEach(key -> all.put(key, properties.getProperty(key)));
    return Configuration.fromMap(all);
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
