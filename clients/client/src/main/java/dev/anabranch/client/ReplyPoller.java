package dev.anabranch.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition of the reply topic, from the end that it has when the client is built.
 *
 * <p>The commands name topic and partition, so clients that share a topic share the load: each
 * reads the partition that it picked at random. There is no consumer group, and nothing is
 * committed.
 *
 * <p><b>Failure.</b> Whatever Kafka throws is logged and tried again for as long as the client is
 * open.
 *
 * <p><b>Threads.</b> One of its own, which hands each record on.
 */
final class ReplyPoller implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReplyPoller.class);
  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration BACKOFF = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private final String threadName;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Thread thread;

  ReplyPoller(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      String threadName) {
    this.consumer = consumer;
    this.partition = partition;
    this.threadName = threadName;
  }

  /**
   * Finds the end of a partition of the reply topic; {@link #start} then reads on from there.
   *
   * @throws IllegalStateException if the topic can't be read
   */
  static ReplyPoller open(ClientOptions options, Duration timeout) {
    var topic = options.replyTopic();
    var consumer =
        new KafkaConsumer<>(
            options.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      var partitions = consumer.partitionsFor(topic, timeout);
      if (partitions == null || partitions.isEmpty()) {
        throw new IllegalStateException(
            "reply topic " + topic + " does not exist; create it, or name another one");
      }
      var picked = ThreadLocalRandom.current().nextInt(partitions.size());
      var partition = new TopicPartition(topic, partitions.get(picked).partition());
      consumer.assign(List.of(partition));
      consumer.seekToEnd(List.of(partition));
      // Resolves the end at once: a reply may come before the first poll.
      consumer.position(partition, timeout);
      return new ReplyPoller(consumer, partition, options.clientId() + "-replies");
    } catch (KafkaException e) {
      consumer.close();
      throw new IllegalStateException(
          "can't read reply topic "
              + topic
              + " at "
              + options.bootstrapServers()
              + ": "
              + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** Hands on every record from now on. */
  synchronized void start(Consumer<ConsumerRecord<byte[], byte[]>> handler) {
    var poller = new Thread(() -> run(handler), threadName);
    poller.setDaemon(true);
    poller.start();
    thread = poller;
  }

  int partition() {
    return partition.partition();
  }

  @Override
  public synchronized void close() {
    closing.countDown();
    if (thread == null) {
      consumer.close();
      return;
    }
    consumer.wakeup();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Consumer<ConsumerRecord<byte[], byte[]>> handler) {
    try (consumer) {
      while (closing.getCount() > 0) {
        pollOnce(handler);
      }
    } catch (WakeupException | InterruptException e) {
      LOG.debug("Closing the reply consumer was cut short", e);
    }
  }

  private void pollOnce(Consumer<ConsumerRecord<byte[], byte[]>> handler) {
    try {
      consumer.poll(POLL_TIMEOUT).forEach(handler);
    } catch (WakeupException e) {
      // Only close() wakes it up; the loop ends.
    } catch (KafkaException e) {
      LOG.warn("Can't read replies from {}; trying again", partition, e);
      backOff();
    }
  }

  private void backOff() {
    try {
      if (closing.await(BACKOFF.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("Closed while waiting to read {} again", partition);
      }
    } catch (InterruptedException e) {
      closing.countDown();
    }
  }
}
