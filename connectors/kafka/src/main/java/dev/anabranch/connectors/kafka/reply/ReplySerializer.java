package dev.anabranch.connectors.kafka.reply;

import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** An encoded reply as a record of the default reply topic. */
final class ReplySerializer implements KafkaRecordSerializationSchema<ReplyRecord> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  ReplySerializer(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      ReplyRecord reply, KafkaSinkContext sink, @Nullable Long timestamp) {
    return KafkaRecords.toProducer(topic, reply.partition(), reply.message());
  }
}
