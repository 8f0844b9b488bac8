package dev.anabranch.connectors.kafka.sink;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.TopicReport;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.StoreLayout;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes stored rows again, to a topic that lost some: readers drop those that they have.
 *
 * <p><b>Order.</b> As given, within each shard.
 *
 * <p><b>Threads.</b> One.
 */
public final class Republisher implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final String topic;
  private final EventSerializer serializer;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
  private long published;

  private record Failure(LogRow row, Exception cause) {}

  /** A row may be larger than new ones may be: the topic's limit counts, and no other. */
  public Republisher(KafkaConnection connection, String topic, StoreLayout layout) {
    this(connection, topic, layout, TopicReport.MAX_ROW_BYTES);
  }

  public Republisher(
      KafkaConnection connection, String topic, StoreLayout layout, int maxRecordBytes) {
    this.topic = topic;
    this.serializer = new EventSerializer(connection, topic, layout);
    this.producer =
        new KafkaProducer<>(
            ProducerSettings.durable(connection, Map.of(), maxRecordBytes),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /**
   * Sends a row; blocks while the producer's buffer is full.
   *
   * @throws IllegalStateException if an earlier row could not be sent; names it
   */
  public void publish(LogRow row) {
    throwFailure();
    var kafka = serializer.toRecord(row);
    if (kafka == null) {
      return;
    }
    var unused =
        producer.send(
            kafka,
            (metadata, exception) -> {
              if (exception != null) {
                failure.compareAndSet(null, new Failure(row, exception));
              }
            });
    published++;
  }

  /**
   * Returns when every row is acknowledged.
   *
   * @throws IllegalStateException if a row could not be sent; names it
   */
  public void flush() {
    producer.flush();
    throwFailure();
  }

  /** Rows sent so far; acknowledged once {@link #flush} returned. */
  public long published() {
    return published;
  }

  /** Does not wait for rows that are not acknowledged: {@link #flush} before. */
  @Override
  public void close() {
    producer.close(failure.get() == null ? CLOSE_TIMEOUT : Duration.ZERO);
  }

  private void throwFailure() {
    var failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException(
          "row "
              + failed.row.position()
              + " could not be published to "
              + topic
              + ": "
              + failed.cause.getMessage()
              + "; repeat the command from that position on",
          failed.cause);
    }
  }
}
