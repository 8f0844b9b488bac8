package dev.anabranch.embedded;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of one partition, seen through real clients that give up after 20 seconds. */
record KafkaTopic(String bootstrapServers, String name) {

  private static final int LARGEST_RECORD = 8 * 1024 * 1024;

  /** Returns when the broker acknowledged. */
  void send(byte[] value) throws Exception {
    try (var producer = producer(20_000)) {
      producer.send(new ProducerRecord<>(name, value)).get(30, TimeUnit.SECONDS);
    }
  }

  void send(String value) throws Exception {
    send(value.getBytes(StandardCharsets.UTF_8));
  }

  KafkaProducer<byte[], byte[]> producer(int deliveryTimeoutMillis) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_RECORD,
            ProducerConfig.LINGER_MS_CONFIG, 0,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, deliveryTimeoutMillis,
            ProducerConfig.MAX_BLOCK_MS_CONFIG, deliveryTimeoutMillis,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryTimeoutMillis),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Reads from the start until it has that many. */
  List<String> read(int count) {
    var partition = new TopicPartition(name, 0);
    var values = new ArrayList<String>();
    var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (values.size() < count && System.nanoTime() < deadline) {
        for (var each : consumer.poll(Duration.ofMillis(100))) {
          values.add(new String(each.value(), StandardCharsets.UTF_8));
        }
      }
    }
    return values;
  }
}
