package dev.anabranch.connectors.kafka.reader;

import static java.util.Objects.requireNonNull;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.PublishedLog;
import dev.anabranch.store.ShardHead;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.ForgetWire;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events topic of a region as a witness. Transactions that are open or were aborted count too:
 * their rows were durable before they were published.
 *
 * <p><b>Bounds.</b> What one answer of a broker holds, {@link #FETCH_BYTES}, is in memory at a
 * time. A broker that gives nothing for {@link #PATIENCE} is not waited for.
 */
public final class KafkaPublishedLog implements PublishedLog {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(KafkaPublishedLog.class);

  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final int FETCH_BYTES = 16 << 20;

  private final KafkaConnection connection;
  private final String topic;
  private final String region;

  public KafkaPublishedLog(KafkaConnection connection, String topic, String region) {
    this.connection = connection;
    this.topic = topic;
    this.region = region;
  }

  @Override
  public Session open() {
    return new TopicSession();
  }

  private final class TopicSession implements Session {

    private @Nullable Admin admin;
    private boolean closed;

    @Override
    public Map<Integer, LogBookmark> ends(Collection<Integer> partitions) {
      try {
        var id = topicId();
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(p -> latest.put(new TopicPartition(topic, p), OffsetSpec.latest()));
        var ends = new HashMap<Integer, LogBookmark>();
        admin()
            .listOffsets(latest)
            .all()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .forEach((p, end) -> ends.put(p.partition(), new LogBookmark(id, end.offset())));
        return ends;
      } catch (ExecutionException | TimeoutException | KafkaException e) {
        LOG.debug("The end of topic {} can't be had", topic, e);
        return Map.of();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Map.of();
      }
    }

    @Override
    public Found read(Map<Integer, @Nullable LogBookmark> from, List<AcceptedLoss> forgotten)
        throws InterruptedException {
      var reading = new Reading(forgotten);
      if (from.isEmpty()) {
        return reading.found();
      }
      try {
        reading.topicId = topicId();
        try (var consumer = newConsumer()) {
          reading.read(consumer, from);
        }
      } catch (InterruptException e) {
        throw interrupted(e);
      } catch (ExecutionException | TimeoutException | KafkaException e) {
        var why = "topic " + topic + " can't be read: " + rootMessage(e);
        from.keySet().forEach(partition -> reading.unchecked.put(partition, why));
      }
      return reading.found();
    }

    @Override
    public synchronized void close() {
      closed = true;
      if (admin != null) {
        admin.close(Duration.ZERO);
        admin = null;
      }
    }

    private String topicId() throws ExecutionException, TimeoutException, InterruptedException {
      var described = admin().describeTopics(List.of(topic)).topicNameValues().get(topic);
      return requireNonNull(described)
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .topicId()
          .toString();
    }

    private synchronized Admin admin() {
      if (closed) {
        throw new KafkaException("closed");
      }
      var open = admin;
      if (open == null) {
        var properties = patient();
        open = Admin.create(properties);
        admin = open;
      }
      return open;
    }
  }

  /** One look at the end of some partitions. */
  private final class Reading {
    private final List<AcceptedLoss> forgotten;
    private final Map<Integer, ShardHead> heads = new HashMap<>();
    private final Map<Integer, String> unchecked = new HashMap<>();
    private final Map<Integer, Long> noRows = new HashMap<>();
    private String topicId = "";
    private long records;

    Reading(List<AcceptedLoss> forgotten) {
      this.forgotten = List.copyOf(forgotten);
    }

    void read(KafkaConsumer<byte[], byte[]> consumer, Map<Integer, @Nullable LogBookmark> from)
        throws InterruptedException {
      var partitions = from.keySet().stream().map(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      var begins = consumer.beginningOffsets(partitions);
      var ends = consumer.endOffsets(partitions);
      for (var partition : partitions) {
        var begin = begins.getOrDefault(partition, 0L);
        var end = ends.getOrDefault(partition, 0L);
        consumer.seek(
            partition, start(partition.partition(), from.get(partition.partition()), begin, end));
      }
      var deadline = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        partitions.stream()
            .filter(p -> consumer.position(p) >= ends.getOrDefault(p, 0L))
            .forEach(p -> consumer.pause(List.of(p)));
        if (consumer.paused().size() == partitions.size()) {
          break;
        }
        var polled = consumer.poll(POLL_TIMEOUT);
        polled.forEach(this::take);
        if (Thread.interrupted()) {
          throw new InterruptedException("closing");
        }
        if (!polled.isEmpty()) {
          deadline = System.nanoTime() + PATIENCE.toNanos();
        } else if (System.nanoTime() - deadline > 0) {
          giveUp(consumer, partitions);
          break;
        }
      }
      noRows.forEach(
          (partition, count) ->
              unchecked.putIfAbsent(
                  partition, count + " records of topic " + topic + " are no rows of this region"));
    }

    private long start(int partition, @Nullable LogBookmark from, long begin, long end) {
      var start = ComparisonStart.of(topic, topicId, from, begin, end);
      var why = start.unchecked();
      if (why != null) {
        unchecked.put(partition, why);
      }
      return start.offset();
    }

    private void giveUp(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
      for (var partition : partitions) {
        if (!consumer.paused().contains(partition)) {
          unchecked.put(
              partition.partition(),
              "topic "
                  + topic
                  + " gave no record for "
                  + PATIENCE.toSeconds()
                  + " s before its end; is a broker down?");
        }
      }
    }

    private void take(ConsumerRecord<byte[], byte[]> kafka) {
      records++;
      var message = KafkaRecords.fromConsumer(kafka);
      if (ForgetWire.isForget(message)) {
        return;
      }
      EventWire.Published published;
      try {
        published = EventWire.decode(message);
      } catch (RuntimeException e) {
        noRows.merge(kafka.partition(), 1L, Long::sum);
        return;
      }
      if (!published.region().equals(region)) {
        noRows.merge(kafka.partition(), 1L, Long::sum);
        return;
      }
      var row = published.row();
      var place = new LogBookmark(topicId, kafka.offset());
      for (var loss : forgotten) {
        if (loss.forgets(place, row.shard(), row.offset())) {
          return;
        }
      }
      var stamp = row.outcome().stamp();
      // Of two records at one offset the later one counts: readers have told of it by then.
      heads.merge(
          row.shard(),
          new ShardHead(row.offset(), stamp.writer(), stamp.hlc()),
          (before, now) -> now.offset() >= before.offset() ? now : before);
    }

    Found found() {
      return new Found(Map.copyOf(heads), Map.copyOf(unchecked), records);
    }
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    var properties = patient();
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.setProperty(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(FETCH_BYTES));
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Properties patient() {
    var properties = connection.toProperties();
    var millis = Long.toString(PATIENCE.toMillis());
    properties.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    properties.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    return properties;
  }

  private static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted(); // Kafka has set it again.
    var closing = new InterruptedException("closing");
    closing.initCause(e);
    return closing;
  }

  private static String rootMessage(Throwable e) {
    var cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
