package dev.anabranch.jobs.region;

import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.wire.ReplyWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a region has stored, published and answered, read past all proxies. */
final class RegionOutputs {

  private static final int PAGE = 1_000;
  private static final Duration POLL = Duration.ofMillis(100);

  private final EventStoreFactory store;
  private final KafkaConnection kafka;

  RegionOutputs(EventStoreFactory store, KafkaConnection kafka) {
    this.store = store;
    this.kafka = kafka;
  }

  StoreLayout layout() {
    try (var opened = store.open()) {
      return opened.layout();
    }
  }

  /** Every row of the store, by shard, each shard in order. */
  List<LogRow> stored() {
    var rows = new ArrayList<LogRow>();
    try (var opened = store.open()) {
      var layout = opened.layout();
      for (var database = 0; database < layout.databases().size(); database++) {
        try (var session = opened.open(database)) {
          for (var shard = 0; shard < layout.shardCount(); shard++) {
            if (layout.databaseOf(shard) == database) {
              var page = session.read(shard, 0, PAGE);
              while (!page.isEmpty()) {
                rows.addAll(page);
                page = session.read(shard, page.get(page.size() - 1).offset() + 1, PAGE);
              }
            }
          }
        }
      }
    }
    return rows;
  }

  /** What a reader of the events topic applies, and what was wrong with the topic. */
  record Published(List<LogRow> rows, List<LogRow> repeats, EventTopicReader.Result result) {}

  Published published(String topic) {
    var rows = new ArrayList<LogRow>();
    var repeats = new ArrayList<LogRow>();
    var reader = new EventTopicReader(kafka, topic, layout());
    return new Published(rows, repeats, reader.read(rows::add, repeats::add));
  }

  void republish(String topic, LogRow row) {
    try (var publisher = new Republisher(kafka, topic, layout())) {
      publisher.publish(row);
      publisher.flush();
    }
  }

  /** Every reply in the topic, repeats included. */
  List<CommandReply> replies(String topic) {
    return read(topic, message -> ReplyWire.decode(message));
  }

  /** Every record of a topic as it is. */
  List<MessageRecord> messages(String topic) {
    return read(topic, message -> message);
  }

  private <T> List<T> read(String topic, Function<MessageRecord, T> decode) {
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
    var found = new ArrayList<T>();
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
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (var record : consumer.poll(POLL)) {
          found.add(decode.apply(message(record)));
        }
      }
    }
    return found;
  }

  private static MessageRecord message(ConsumerRecord<byte[], byte[]> record) {
    var headers = new ArrayList<RecordHeader>();
    record.headers().forEach(header -> headers.add(new RecordHeader(header.key(), header.value())));
    return new MessageRecord(record.key(), record.value(), headers);
  }
}
