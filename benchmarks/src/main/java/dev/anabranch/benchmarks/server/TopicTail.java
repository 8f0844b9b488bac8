package dev.anabranch.benchmarks.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** A thread that hands on each record that comes to a topic from now on. */
public final class TopicTail implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final Thread thread;
  private volatile boolean stopping;
  private volatile @Nullable RuntimeException failure;

  private TopicTail(
      Broker broker,
      String topic,
      Consumer<Iterable<ConsumerRecord<byte[], byte[]>>> reader,
      CountDownLatch ready) {
    thread = new Thread(() -> run(broker, topic, reader, ready), "tail-" + topic);
    thread.setDaemon(true);
  }

  /** Returns when no later record can be missed. */
  public static TopicTail follow(
      Broker broker, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    return followBatches(broker, topic, batch -> batch.forEach(reader));
  }

  /** Returns as the other does; the reader gets those together that have come together. */
  public static TopicTail followBatches(
      Broker broker, String topic, Consumer<Iterable<ConsumerRecord<byte[], byte[]>>> reader) {
    var ready = new CountDownLatch(1);
    var tail = new TopicTail(broker, topic, reader, ready);
    tail.thread.start();
    try {
      ready.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tail.requireAlive();
    return tail;
  }

  public void requireAlive() {
    if (failure != null) {
      throw new IllegalStateException("the reader failed", failure);
    }
  }

  private void run(
      Broker broker,
      String topic,
      Consumer<Iterable<ConsumerRecord<byte[], byte[]>>> reader,
      CountDownLatch ready) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "latest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      partitions.forEach(consumer::position);
      ready.countDown();
      while (!stopping) {
        reader.accept(consumer.poll(POLL));
      }
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      ready.countDown();
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    thread.join();
  }
}
