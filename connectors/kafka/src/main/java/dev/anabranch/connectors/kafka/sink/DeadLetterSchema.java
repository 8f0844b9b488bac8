package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.kafka.topics.TopicDirectory;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.wire.DeadLetterWire;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A dead letter as a record, cut to the limit of its topic. */
final class DeadLetterSchema implements KafkaRecordSerializationSchema<DeadLetter> {
  private static final long serialVersionUID = 1L;

  private final KafkaConnection connection;
  private final String topic;
  private final int maxBytes;

  DeadLetterSchema(KafkaConnection connection, String topic, int maxBytes) {
    this.connection = connection;
    this.topic = topic;
    this.maxBytes = maxBytes;
  }

  @Override
  public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink)
      throws InterruptedException {
    TopicDirectory.require(connection, topic);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext sink, @Nullable Long timestamp) {
    return KafkaRecords.toProducer(topic, null, DeadLetterWire.encode(letter, maxBytes));
  }
}
