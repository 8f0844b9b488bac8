package dev.anabranch.connectors.kafka.topics;

import dev.anabranch.model.Blobs;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import java.util.ArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Our messages as Kafka's records, and back. */
public final class KafkaRecords {

  private KafkaRecords() {}

  /**
   * @param partition null: by the key
   */
  public static ProducerRecord<byte[], byte[]> toProducer(
      String topic, @Nullable Integer partition, MessageRecord message) {
    var ours = message.headers();
    var headers = new Header[ours.size()];
    for (var i = 0; i < headers.length; i++) {
      headers[i] =
          new org.apache.kafka.common.header.internals.RecordHeader(
              ours.get(i).name(), ours.get(i).value());
    }
    // No timestamp: the time of sending counts for the topic's retention, also when old rows are
    // published again.
    return new ProducerRecord<>(
        topic, partition, null, message.key(), message.value(), new RecordHeaders(headers));
  }

  /** A header without a value, which Kafka allows, becomes one with an empty value. */
  public static MessageRecord fromConsumer(ConsumerRecord<byte[], byte[]> kafka) {
    var all = kafka.headers().toArray();
    var headers = new ArrayList<RecordHeader>(all.length);
    for (var header : all) {
      var value = header.value();
      headers.add(new RecordHeader(header.key(), value == null ? Blobs.EMPTY : value));
    }
    return new MessageRecord(kafka.key(), kafka.value(), headers);
  }
}
