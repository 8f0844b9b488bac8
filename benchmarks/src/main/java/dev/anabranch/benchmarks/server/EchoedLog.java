package dev.anabranch.benchmarks.server;

import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.wire.EventWire;
import java.util.ArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * In place of a region's command job: what its cross-region job releases to {@code inbound} is
 * stored and comes back as rows of the region's own log. Merging needs that: it takes for stable
 * only what it has seen in this log, and keeps the versions of what is not.
 */
public final class EchoedLog implements AutoCloseable {

  private static final int COMMIT_MAX_BYTES = 900_000;
  private static final int ROWS_OF_AN_INSERT = 500;

  private final int shards;
  private final long[] offsets;
  private final Republisher log;
  private final EventStore store;
  private final LogSession session;
  private final TopicTail inbound;

  private EchoedLog(Broker broker, EventStore store, String inbound, String events) {
    this.store = store;
    this.session = store.open(0);
    this.shards = store.layout().shardCount();
    this.offsets = new long[shards];
    this.log =
        new Republisher(
            KafkaConnection.to(broker.bootstrapServers()),
            events,
            store.layout(),
            COMMIT_MAX_BYTES);
    this.inbound = TopicTail.followBatches(broker, inbound, this::append);
  }

  /** Begins with what comes to {@code inbound} from now on. */
  public static EchoedLog follow(
      Broker broker, Database.Schema schema, String inbound, String events) {
    return new EchoedLog(broker, schema.store().open(), inbound, events);
  }

  public void requireAlive() {
    inbound.requireAlive();
  }

  @Override
  public void close() throws InterruptedException {
    inbound.close();
    log.flush();
    log.close();
    session.close();
    store.close();
  }

  private void append(Iterable<ConsumerRecord<byte[], byte[]>> records) {
    var rows = new ArrayList<LogRow>();
    for (var record : records) {
      // One region writes each aggregate of the benchmark, so versions are the same everywhere.
      var outcome = EventWire.decode(messageOf(record)).row().outcome();
      var shard = Shards.shardOf(outcome.aggregate(), shards);
      rows.add(outcome.at(shard, offsets[shard]++));
    }
    for (var from = 0; from < rows.size(); from += ROWS_OF_AN_INSERT) {
      var some = rows.subList(from, Math.min(from + ROWS_OF_AN_INSERT, rows.size()));
      var result = session.append(some);
      if (!(result instanceof AppendResult.Appended)) {
        throw new IllegalStateException("rows of the own log could not be stored: " + result);
      }
      some.forEach(log::publish);
    }
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
