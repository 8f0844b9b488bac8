package dev.anabranch.connectors.kafka;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.embedded.KafkaBrokerConfig;
import dev.anabranch.model.message.MessageRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker for one test class, and the plain reading and writing of its topics. */
public final class TestBroker implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final EmbeddedKafka kafka;
  private final KafkaProducer<byte[], byte[]> producer;

  private TestBroker(EmbeddedKafka kafka) {
    this.kafka = kafka;
    var settings = connection().toProperties();
    // Else a leader that is new takes the second request and refuses the first (ADR 21).
    settings.setProperty("max.in.flight.requests.per.connection", "1");
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public static TestBroker start() {
    try {
      Path directory = Files.createTempDirectory(Path.of("target"), "kafka");
      return new TestBroker(EmbeddedKafka.start(KafkaBrokerConfig.in(directory)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public EmbeddedKafka kafka() {
    return kafka;
  }

  public KafkaConnection connection() {
    return KafkaConnection.to(kafka.bootstrapServers());
  }

  public void createTopic(String name, int partitions) {
    kafka.createTopic(name, partitions, Map.of());
  }

  public void send(String topic, int partition, MessageRecord message) {
    send(KafkaRecords.toProducer(topic, partition, message));
  }

  void send(ProducerRecord<byte[], byte[]> kafkaRecord) {
    var unused = producer.send(kafkaRecord);
  }

  public void flush() {
    producer.flush();
  }

  /** The first records of the topic, committed ones only, once the condition holds for them. */
  public List<ConsumerRecord<byte[], byte[]>> readUntil(
      String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
    var properties = new Properties();
    properties.putAll(connection().toProperties());
    properties.setProperty("isolation.level", "read_committed");
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!enough.test(records)) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "gave up on topic " + topic + " after " + records.size() + " records");
        }
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  public List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
    return readUntil(topic, records -> records.size() >= count);
  }

  public static String header(ConsumerRecord<byte[], byte[]> kafkaRecord, String name) {
    var header = kafkaRecord.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    kafka.close();
  }
}
