package dev.anabranch.client;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The settings of a client, and what they mean for its producer and consumer. */
record ClientOptions(
    String bootstrapServers,
    String commandsTopic,
    String replyTopic,
    String clientId,
    Duration attemptTimeout,
    Duration timeout,
    int maxAttempts,
    int maxInFlight,
    Duration blockTimeout,
    Map<String, String> properties) {

  private static final long MAX_REQUEST_TIMEOUT_MILLIS = 10_000;
  private static final long METADATA_POLL_NANOS = 10_000_000;

  /**
   * A producer that knows its topic, so that the first command does not wait for it.
   *
   * @throws IllegalStateException if the topic can't be reached
   */
  Producer<byte[], byte[]> openProducer(Duration startTimeout) {
    var producer =
        new KafkaProducer<>(producer(), new ByteArraySerializer(), new ByteArraySerializer());
    try {
      awaitTopic(producer, System.nanoTime() + startTimeout.toNanos());
      return producer;
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw new IllegalStateException(
          "can't send to commands topic "
              + commandsTopic
              + " at "
              + bootstrapServers
              + ": "
              + e.getMessage()
              + "; does the topic exist?",
          e);
    }
  }

  private void awaitTopic(Producer<byte[], byte[]> producer, long deadlineNanos) {
    while (true) {
      try {
        producer.partitionsFor(commandsTopic);
        return;
      } catch (TimeoutException e) {
        // The producer does not wait, but it has asked.
        if (System.nanoTime() > deadlineNanos || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LockSupport.parkNanos(METADATA_POLL_NANOS);
      }
    }
  }

  private Properties producer() {
    var settings = base("-commands");
    settings.setProperty(ProducerConfig.ACKS_CONFIG, "all");
    settings.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    // With more, a broker that has just become the leader takes the second request and refuses the
    // first, until its commands time out (KAFKA-14359).
    settings.setProperty(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    // An idle client sends at once; a busy one batches what comes while a request is out.
    settings.setProperty(ProducerConfig.LINGER_MS_CONFIG, "0");
    settings.setProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(64 << 10));
    // Neither a sender nor the timer waits for a broker; what is refused is tried again.
    settings.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
    // A record that the deadline of its command has passed need not be sent any more.
    settings.setProperty(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(timeout.toMillis()));
    settings.setProperty(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        Long.toString(Math.min(MAX_REQUEST_TIMEOUT_MILLIS, timeout.toMillis())));
    return settings;
  }

  Properties consumer() {
    var settings = base("-replies");
    settings.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    // Where the topic lost the position: what is read twice is dropped, what is skipped is not.
    settings.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return settings;
  }

  private Properties base(String suffix) {
    var settings = new Properties();
    settings.putAll(properties);
    settings.setProperty("bootstrap.servers", bootstrapServers);
    settings.setProperty("client.id", clientId + suffix);
    return settings;
  }
}
