package dev.anabranch.jobs.region;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * All records of a topic in a file, one a line, and back at the same offsets: a savepoint says how
 * far its sources have read.
 */
public final class TopicFixture {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration POLL = Duration.ofMillis(100);

  private TopicFixture() {}

  /** A record at its place. */
  @SuppressWarnings("ArrayRecordComponent") // never compared with equals
  public record Entry(
      int partition, long offset, byte[] key, byte @Nullable [] value, List<Header> headers) {

    public static Entry of(int partition, long offset, MessageRecord message) {
      var headers =
          message.headers().stream()
              .map(header -> new Header(header.name(), header.value()))
              .toList();
      return new Entry(partition, offset, message.key(), message.value(), headers);
    }

    public MessageRecord message() {
      return new MessageRecord(
          key,
          value,
          headers.stream().map(each -> new RecordHeader(each.key(), each.value())).toList());
    }
  }

  /** A header of a record. */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record Header(String key, byte[] value) {}

  public static void write(Path file, List<Entry> entries) throws IOException {
    var lines = new ArrayList<String>();
    for (var entry : entries) {
      lines.add(JSON.writeValueAsString(entry));
    }
    Files.write(file, lines);
  }

  public static List<Entry> read(Path file) throws IOException {
    var entries = new ArrayList<Entry>();
    for (var line : Files.readAllLines(file)) {
      entries.add(JSON.readValue(line, Entry.class));
    }
    return entries;
  }

  /** Everything that is in the topic. */
  public static List<Entry> dump(String bootstrapServers, String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    var entries = new ArrayList<Entry>();
    try (var consumer =
        new KafkaConsumer<byte[], byte[]>(
            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        for (var record : consumer.poll(POLL)) {
          var headers = new ArrayList<Header>();
          record.headers().forEach(each -> headers.add(new Header(each.key(), each.value())));
          entries.add(
              new Entry(
                  record.partition(), record.offset(), record.key(), record.value(), headers));
        }
      }
    }
    entries.sort(Comparator.comparingInt(Entry::partition).thenComparingLong(Entry::offset));
    return entries;
  }

  /** Makes the topic with these records, each at its offset. */
  public static void load(
      String bootstrapServers, String topic, int partitions, List<Entry> entries) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    try (var admin = Admin.create(settings)) {
      var config = Map.of("cleanup.policy", "delete", "retention.ms", "-1");
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
          .all()
          .get();
    }
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (var entry : entries) {
        var record = new ProducerRecord<>(topic, entry.partition(), entry.key(), entry.value());
        entry.headers().forEach(each -> record.headers().add(each.key(), each.value()));
        requireOffset(entry, producer.send(record).get().offset());
      }
    }
  }

  private static void requireOffset(Entry entry, long offset) {
    if (offset != entry.offset()) {
      throw new IllegalStateException(
          "record %d of partition %d came to offset %d: the topic was not new"
              .formatted(entry.offset(), entry.partition(), offset));
    }
  }
}
