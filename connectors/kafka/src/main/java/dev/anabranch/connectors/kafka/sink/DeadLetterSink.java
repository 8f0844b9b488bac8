package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.wire.DeadLetterWire;
import java.util.Map;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** The records that could not be handled, with the reason and as they came; at least once. */
public final class DeadLetterSink {

  private DeadLetterSink() {}

  /**
   * The sink for a topic, which must exist.
   *
   * @param maxBytes limit of the topic, at least {@link DeadLetterWire#MIN_RECORD_BYTES}; what is
   *     larger is cut, with a header that says so
   */
  public static KafkaSink<DeadLetter> of(
      KafkaConnection connection,
      String topic,
      int maxBytes,
      Map<String, String> producerProperties) {
    if (maxBytes < DeadLetterWire.MIN_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "dead letters need a limit of "
              + DeadLetterWire.MIN_RECORD_BYTES
              + " bytes at least, topic "
              + topic
              + " has "
              + maxBytes);
    }
    return KafkaSink.<DeadLetter>builder()
        .setKafkaProducerConfig(ProducerSettings.durable(connection, producerProperties, maxBytes))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(new DeadLetterSchema(connection, topic, maxBytes))
        .build();
  }
}
