package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.reader.ShardSequencer;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.TopicCheck;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.StoreLayout;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The published log of a region: each row as one record, each shard in one partition.
 *
 * <p><b>Order.</b> A shard's rows leave in the order in which they come, and the idempotent
 * producer keeps it over its own retries.
 *
 * <p><b>Delivery.</b> At least once unless {@link Builder#exactlyOnce}: after a restart rows come
 * again, and readers drop what is lower than the offset that they expect ({@link ShardSequencer}).
 *
 * <p><b>Failure.</b> A broker that is away for less than ten minutes delays records, and with them
 * checkpoints; then the task fails and the job starts again. A topic that is missing or has too few
 * partitions fails each start with a message that says so.
 */
public final class EventSink {

  private static final int DEFAULT_MAX_RECORD_BYTES = 1 << 20;

  private EventSink() {}

  public static Builder builder(KafkaConnection connection, String topic, StoreLayout layout) {
    return new Builder(connection, topic, layout);
  }

  /** Collects what the sink needs. */
  public static final class Builder {
    private final KafkaConnection connection;
    private final String topic;
    private final StoreLayout layout;
    private int maxRecordBytes = DEFAULT_MAX_RECORD_BYTES;
    private Map<String, String> producerProperties = Map.of();
    private @Nullable String transactionalIdPrefix;
    private Duration transactionTimeout = Duration.ofMinutes(15);

    private Builder(KafkaConnection connection, String topic, StoreLayout layout) {
      this.connection = connection;
      this.topic = topic;
      this.layout = layout;
    }

    /**
     * Largest encoded record: what the topic takes, not what rows are checked against now. A row
     * may have been stored under another limit, or in another region, and must be published all the
     * same.
     */
    public Builder maxRecordBytes(int bytes) {
      this.maxRecordBytes = bytes;
      return this;
    }

    public Builder producerProperties(Map<String, String> properties) {
      this.producerProperties = Map.copyOf(properties);
      return this;
    }

    /**
     * Publishes in Kafka transactions that are committed with the checkpoints: for readers that
     * can't drop repeats. Rows become visible only with the next checkpoint.
     *
     * @param transactionalIdPrefix unique in the Kafka cluster, and the same at every start
     * @param transactionTimeout longer than the longest outage to survive without loss of order; at
     *     most the broker's {@code transaction.max.timeout.ms} ({@link TopicCheck} compares)
     */
    public Builder exactlyOnce(String transactionalIdPrefix, Duration transactionTimeout) {
      this.transactionalIdPrefix = transactionalIdPrefix;
      this.transactionTimeout = transactionTimeout;
      return this;
    }

    public KafkaSink<LogRow> build() {
      Properties properties =
          ProducerSettings.durable(connection, producerProperties, maxRecordBytes);
      var sink =
          KafkaSink.<LogRow>builder()
              .setRecordSerializer(new EventSerializer(connection, topic, layout))
              .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE);
      if (transactionalIdPrefix != null) {
        properties.setProperty(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            Long.toString(transactionTimeout.toMillis()));
        sink.setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .setTransactionalIdPrefix(transactionalIdPrefix);
      }
      return sink.setKafkaProducerConfig(properties).build();
    }
  }
}
