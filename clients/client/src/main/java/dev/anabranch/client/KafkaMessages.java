package dev.anabranch.client;

import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import java.util.ArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Messages as Kafka's records, and back. */
final class KafkaMessages {

  private KafkaMessages() {}

  static ProducerRecord<byte[], byte[]> toProducer(String topic, MessageRecord message) {
    var headers = new RecordHeaders();
    message.headers().forEach(header -> headers.add(header.name(), header.value()));
    return new ProducerRecord<>(topic, null, null, message.key(), message.value(), headers);
  }

  static MessageRecord fromConsumer(ConsumerRecord<byte[], byte[]> kafka) {
    var headers = new ArrayList<RecordHeader>();
    for (var header : kafka.headers()) {
      var value = header.value();
      headers.add(new RecordHeader(header.key(), value == null ? new byte[0] : value));
    }
    return new MessageRecord(kafka.key(), kafka.value(), headers);
  }
}
