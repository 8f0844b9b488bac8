package dev.anabranch.benchmarks.server;

import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.wire.EventWire;
import java.util.ArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * In place of a region's command job: what its cross-region job releases to {@code inbound} comes
 * back as rows of the region's own log, at once and without a store. Merging needs that: it takes
 * for stable only what it has seen in this log, and keeps the versions of what is not.
 */
public final class EchoedLog implements AutoCloseable {

  private static final int COMMIT_MAX_BYTES = 900_000;

  private final int shards;
  private final long[] offsets;
  private final Republisher log;
  private final TopicTail inbound;

  private EchoedLog(Broker broker, StoreLayout layout, String inbound, String events) {
    this.shards = layout.shardCount();
    this.offsets = new long[shards];
    this.log =
        new Republisher(
            KafkaConnection.to(broker.bootstrapServers()), events, layout, COMMIT_MAX_BYTES);
    this.inbound = TopicTail.follow(broker, inbound, this::append);
  }

  /** Begins with what comes to {@code inbound} from now on. */
  public static EchoedLog follow(
      Broker broker, Database.Schema schema, String inbound, String events) {
    try (var store = schema.store().open()) {
      return new EchoedLog(broker, store.layout(), inbound, events);
    }
  }

  public void requireAlive() {
    inbound.requireAlive();
  }

  @Override
  public void close() throws InterruptedException {
    inbound.close();
    log.flush();
    log.close();
  }

  private void append(ConsumerRecord<byte[], byte[]> record) {
    // One region writes each aggregate of the benchmark, so versions are the same everywhere.
    var outcome = EventWire.decode(messageOf(record)).row().outcome();
    var shard = Shards.shardOf(outcome.aggregate(), shards);
    log.publish(outcome.at(shard, offsets[shard]++));
  }

  private static MessageRecord messageOf(ConsumerRecord<byte[], byte[]> record) {
    var headers = new ArrayList<RecordHeader>();
    for (var header : record.headers()) {
      headers.add(
          new RecordHeader(header.key(), header.value() == null ? Blobs.EMPTY : header.value()));
    }
    return new MessageRecord(record.key(), record.value(), headers);
  }
}
