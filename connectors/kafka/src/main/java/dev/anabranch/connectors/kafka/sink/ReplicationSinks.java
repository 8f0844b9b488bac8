package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import java.util.Map;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * What the cross-region job writes to its own region's topics, each keyed by aggregate.
 *
 * <p><b>Delivery.</b> At least once, in the order of each aggregate. Readers of {@code inbound}
 * find repeats by dot; of views and conflicts the latest counts.
 */
public final class ReplicationSinks {

  /** A name, and a number for each region. */
  private static final Map<String, String> LINGER = Map.of(ProducerConfig.LINGER_MS_CONFIG, "3");

  private static final int REQUEST_MAX_BYTES = 1 << 16;

  private ReplicationSinks() {}

  /**
   * Remote commits for the command job.
   *
   * @param maxBytes largest record
   */
  public static KafkaSink<PublishedRow> inbound(
      KafkaConnection connection, String topic, int maxBytes) {
    return sink(connection, MessageSerializer.inbound(connection, topic), maxBytes);
  }

  /** Aggregates as they are; the topic is to be compacted. */
  public static KafkaSink<AggregateView> views(
      KafkaConnection connection, String topic, int maxBytes) {
    return sink(connection, MessageSerializer.views(connection, topic, maxBytes), maxBytes);
  }

  /** What became of conflicts. */
  public static KafkaSink<ConflictRecord> conflicts(
      KafkaConnection connection, String topic, int maxBytes) {
    return sink(connection, MessageSerializer.conflicts(connection, topic, maxBytes), maxBytes);
  }

  /** Requests for the regions that read from this one, already encoded. */
  public static KafkaSink<CommandRecord> requests(KafkaConnection connection, String topic) {
    return sink(connection, MessageSerializer.asIs(connection, topic), REQUEST_MAX_BYTES);
  }

  /**
   * These records wait for others, unlike replies and events: a job that merges leaves its task's
   * thread one record at a time, and a request for each costs both sides several times the record.
   */
  private static <T> KafkaSink<T> sink(
      KafkaConnection connection, MessageSerializer<T> serializer, int maxBytes) {
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(ProducerSettings.durable(connection, LINGER, maxBytes))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(serializer)
        .build();
  }
}
