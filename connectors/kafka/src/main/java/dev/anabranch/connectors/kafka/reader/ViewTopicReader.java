package dev.anabranch.connectors.kafka.reader;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.wire.ViewWire;
import dev.anabranch.wire.blob.WireFormatException;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic of views from its beginning to the end that it has when the reading starts. The
 * last view of an aggregate is how it is.
 *
 * <p><b>Threads.</b> One.
 */
public final class ViewTopicReader {

  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final Duration STALL_TIMEOUT = Duration.ofSeconds(60);

  private final KafkaConnection connection;
  private final String topic;

  public ViewTopicReader(KafkaConnection connection, String topic) {
    this.connection = connection;
    this.topic = topic;
  }

  /**
   * Reads all views, those of an aggregate in their order.
   *
   * @return how many records are no views
   * @throws IllegalStateException if the topic can't be read
   */
  public long read(Consumer<? super AggregateView> apply) {
    var properties = connection.toProperties();
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    var malformed = 0L;
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      var deadline = System.nanoTime() + STALL_TIMEOUT.toNanos();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        var records = consumer.poll(POLL_TIMEOUT);
        if (!records.isEmpty()) {
          deadline = System.nanoTime() + STALL_TIMEOUT.toNanos();
        } else if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException("topic " + topic + " can't be read to its end");
        }
        for (var record : records) {
          if (record.value() == null) {
            continue;
          }
          try {
            apply.accept(ViewWire.decode(KafkaRecords.fromConsumer(record)));
          } catch (WireFormatException e) {
            malformed++;
          }
        }
      }
    }
    return malformed;
  }
}
