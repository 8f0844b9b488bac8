package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.kafka.topics.TopicDirectory;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.wire.ConflictWire;
import dev.anabranch.wire.InboundWire;
import dev.anabranch.wire.RecordSize;
import dev.anabranch.wire.ViewWire;
import java.io.Serializable;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Values as records of a topic that must exist, in the partition of their key. */
final class MessageSerializer<T> implements KafkaRecordSerializationSchema<T> {
  private static final long serialVersionUID = 1L;

  /** How a value becomes a message. */
  interface Encoder<T> extends Serializable {
    MessageRecord encode(T value);
  }

  private final KafkaConnection connection;
  private final String topic;
  private final Encoder<T> encoder;

  private MessageSerializer(KafkaConnection connection, String topic, Encoder<T> encoder) {
    this.connection = connection;
    this.topic = topic;
    this.encoder = encoder;
  }

  static MessageSerializer<PublishedRow> inbound(KafkaConnection connection, String topic) {
    return new MessageSerializer<>(connection, topic, InboundWire::encode);
  }

  static MessageSerializer<CommandRecord> asIs(KafkaConnection connection, String topic) {
    return new MessageSerializer<>(connection, topic, CommandRecord::message);
  }

  static MessageSerializer<AggregateView> views(
      KafkaConnection connection, String topic, int maxBytes) {
    return new MessageSerializer<>(
        connection,
        topic,
        view -> {
          var whole = ViewWire.encode(view);
          return RecordSize.of(whole) <= maxBytes
              ? whole
              : ViewWire.encode(view.withoutStates(tooLarge(RecordSize.of(whole), maxBytes)));
        });
  }

  static MessageSerializer<ConflictRecord> conflicts(
      KafkaConnection connection, String topic, int maxBytes) {
    return new MessageSerializer<>(
        connection,
        topic,
        conflict -> {
          var whole = ConflictWire.encode(conflict);
          return RecordSize.of(whole) <= maxBytes
              ? whole
              : ConflictWire.encode(
                  conflict.withoutStates(tooLarge(RecordSize.of(whole), maxBytes)));
        });
  }

  private static String tooLarge(int bytes, int maxBytes) {
    return "with its states it has " + bytes + " bytes, more than the limit of " + maxBytes;
  }

  @Override
  public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink)
      throws InterruptedException {
    TopicDirectory.require(connection, topic);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      T value, KafkaSinkContext sink, @Nullable Long timestamp) {
    return KafkaRecords.toProducer(topic, null, encoder.encode(value));
  }
}
