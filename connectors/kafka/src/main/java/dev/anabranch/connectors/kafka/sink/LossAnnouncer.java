package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.kafka.topics.TopicAdmin;
import dev.anabranch.model.ForgottenRows;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.wire.ForgetWire;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Tells the readers of an events topic that rows are given up.
 *
 * <p><b>Threads.</b> One.
 */
public final class LossAnnouncer implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_BYTES = 64 << 10;

  private final KafkaConnection connection;
  private final String topic;
  private final StoreLayout layout;
  private final Producer<byte[], byte[]> producer;

  public LossAnnouncer(KafkaConnection connection, String topic, StoreLayout layout) {
    this.connection = connection;
    this.topic = topic;
    this.layout = layout;
    this.producer =
        new KafkaProducer<>(
            ProducerSettings.durable(connection, Map.of(), MAX_BYTES),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /**
   * Writes the record and gives its place: what is before it in the partition is of the old line.
   *
   * @throws IllegalStateException if it is not acknowledged
   */
  public LogBookmark announce(ForgottenRows rows) {
    var record =
        KafkaRecords.toProducer(topic, layout.partitionOf(rows.shard()), ForgetWire.encode(rows));
    try (var admin = TopicAdmin.open(connection, TIMEOUT)) {
      var id =
          admin
              .describe(topic)
              .orElseThrow(() -> new IllegalStateException("topic " + topic + " does not exist"))
              .topicId()
              .toString();
      var written = producer.send(record).get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new LogBookmark(id, written.offset());
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "topic " + topic + " can't be told of the loss; nothing is accepted: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while telling topic " + topic, e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
