package dev.anabranch.connectors.kafka;

import dev.anabranch.model.DeadLetter;
import java.util.Map;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** The records that could not be handled, with the reason and as they came; at least once. */
public final class DeadLetterSink {

  private DeadLetterSink() {}

  /**
   * @param maxBytes limit of the topic; what is larger is cut, with a header that says so
   */
  public static KafkaSink<DeadLetter> of(
      KafkaConnection connection,
      String topic,
      int maxBytes,
      Map<String, String> producerProperties) {
    return KafkaSink.<DeadLetter>builder()
        .setKafkaProducerConfig(ProducerSettings.durable(connection, producerProperties, maxBytes))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(new DeadLetterSerializer(topic, maxBytes))
        .build();
  }
}
