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
 * open. A topic that was made anew with fewer partitions may lack this one: no reply comes any
 * more, which is logged, and {@link #problem} says it.
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

  /** How many partitions the topic has that lacks this one; 0: none is known to. */
  private volatile int partitionsWithout;

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

  /**
   * Why no reply can come, and the remedy; null: nothing is known that stands against it. Any
   * thread.
   */
  @Nullable String problem() {
    var there = partitionsWithout;
    return there == 0
        ? null
        : "partition "
            + partition.partition()
            + " of reply topic "
            + partition.topic()
            + ", from which this client reads, is gone: the topic was made anew and has "
            + there
            + " now; build the client again";
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
      var records = consumer.poll(POLL_TIMEOUT);
      records.forEach(handler);
      if (records.isEmpty()) {
        look();
      }
    } catch (WakeupException e) {
      // Only close() wakes it up; the loop ends.
    } catch (KafkaException e) {
      LOG.warn("Can't read replies from {}; trying again", partition, e);
      backOff();
    }
  }

  /** Asks nobody while the topic is there: a poll that fails has Kafka's client ask by itself. */
  private void look() {
    var found = consumer.partitionsFor(partition.topic(), POLL_TIMEOUT);
    var isGone =
        found != null
            && !found.isEmpty()
            && found.stream().noneMatch(each -> each.partition() == partition.partition());
    var before = partitionsWithout;
    partitionsWithout = isGone ? found.size() : 0;
    if (isGone && before == 0) {
      LOG.error("No replies come any more: {}", problem());
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
