package dev.anabranch.connectors.kafka.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.kafka.TestBroker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/**
 * A broker that does not serve a partition yet refuses a producer's first batch, and takes the next
 * one, since it knows nothing of the producer (KAFKA-14359). Then the first one comes too late, or,
 * if the producer keeps to its numbers, never.
 */
class ProducerOrderITCase {

  private static final int TOPICS = 15;
  private static final int PARTITIONS = 8;
  private static final int RECORDS = 400;
  private static final int RECORD_BYTES = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void whatIsSentToATopicThatHasJustBeenMadeComesInOrder() throws Exception {
    try (var broker = TestBroker.start();
        var admin = Admin.create(broker.connection().toProperties())) {
      for (var i = 0; i < TOPICS; i++) {
        var topic = "new-" + i;
        var settings = ProducerSettings.durable(broker.connection(), Map.of(), 1 << 20);
        var producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
          admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
          send(producer, topic);
          CompletableFuture.runAsync(producer::flush).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
          producer.close(Duration.ZERO);
        }
        requireInOrder(broker, topic);
      }
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic) {
    for (var n = 0; n < RECORDS; n++) {
      for (var partition = 0; partition < PARTITIONS; partition++) {
        var value = ByteBuffer.allocate(RECORD_BYTES).putInt(n).array();
        var unused = producer.send(new ProducerRecord<>(topic, partition, null, value));
      }
    }
  }

  private static void requireInOrder(TestBroker broker, String topic) {
    var next = new HashMap<Integer, Integer>();
    for (var read : broker.read(topic, RECORDS * PARTITIONS)) {
      var expected = next.merge(read.partition(), 1, Integer::sum) - 1;
      assertThat(ByteBuffer.wrap(read.value()).getInt())
          .as("record of partition %d of %s", read.partition(), topic)
          .isEqualTo(expected);
    }
  }
}
