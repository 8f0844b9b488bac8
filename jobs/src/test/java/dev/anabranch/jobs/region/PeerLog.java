package dev.anabranch.jobs.region;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A region b of which there is only the published log, in a Kafka cluster of its own: the test says
 * what it has decided, and on what.
 */
public final class PeerLog implements AutoCloseable {

  public static final String REGION = "b";
  public static final int PARTITIONS = 4;
  private static final RegionId ID = new RegionId(REGION);

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<Integer, Long> nextOffset = new HashMap<>();
  private final Map<AggregateKey, Long> nextN = new HashMap<>();

  /**
   * @param topic a new one
   */
  public PeerLog(String bootstrapServers, String topic) {
    this(topic, settings(bootstrapServers));
    try (var admin = Admin.create(settings(bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("topic " + topic + " can't be created", e);
    }
  }

  private PeerLog(String topic, Properties settings) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** One whose topic is there; nothing is known of what is in it. */
  public static PeerLog existing(String bootstrapServers, String topic) {
    return new PeerLog(topic, settings(bootstrapServers));
  }

  private static Properties settings(String bootstrapServers) {
    var settings = new Properties();
    settings.setProperty("bootstrap.servers", bootstrapServers);
    // Else a leader that is new takes the second request and refuses the first (ADR 21).
    settings.setProperty("max.in.flight.requests.per.connection", "1");
    return settings;
  }

  /** The next commit of the aggregate in b, on what b had before and these others. */
  public LogRow decide(String aggregate, String event, Dot... others) {
    var key = AggregateKey.parse(aggregate);
    var n = nextN.merge(key, 1L, Long::sum);
    var context = new HashMap<RegionId, Long>();
    context.put(ID, n - 1);
    for (var other : others) {
      context.merge(other.origin(), other.n(), Math::max);
    }
    var parents =
        others.length > 0 ? List.of(others) : n == 1 ? List.<Dot>of() : List.of(new Dot(ID, n - 1));
    var hlc = HybridLogicalClock.of(System.currentTimeMillis(), (int) (100 + n));
    var causality =
        new Causality(VectorTime.of(context), parents, VectorTime.of(Map.of(ID, hlc)), "");
    var shard = Shards.shardOf(key, RegionSettings.SHARDS);
    return new Outcome(
            RowKind.COMMIT,
            key,
            n,
            "b-" + aggregate + "-" + n,
            "",
            new Dot(ID, n),
            new Stamp(1, hlc, System.currentTimeMillis() * 1_000),
            new Blobs(
                CausalityBlob.encode(causality),
                Blobs.EMPTY,
                Blobs.EMPTY,
                EventsBlob.encode(
                    List.of(
                        new EncodedMessage("text", 1, event.getBytes(StandardCharsets.UTF_8))))))
        .at(shard, nextOffset.merge(shard, 1L, Long::sum) - 1);
  }

  public void publish(LogRow row) {
    send(EventWire.encode(row, REGION), partitionOf(row));
  }

  public static int partitionOf(LogRow row) {
    return row.shard() * PARTITIONS / RegionSettings.SHARDS;
  }

  public void commit(String aggregate, String event, Dot... others) {
    publish(decide(aggregate, event, others));
  }

  /** Something that is no row. */
  public void send(MessageRecord message, int partition) {
    var record =
        new ProducerRecord<byte[], byte[]>(topic, partition, message.key(), message.value());
    message.headers().forEach(header -> record.headers().add(header.name(), header.value()));
    try {
      var unused = producer.send(record).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("the record can't be sent", e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
