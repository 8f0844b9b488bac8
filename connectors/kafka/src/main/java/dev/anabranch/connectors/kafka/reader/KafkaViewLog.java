package dev.anabranch.connectors.kafka.reader;

import static java.util.Objects.requireNonNull;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.kafka.topics.TopicAdmin;
import dev.anabranch.query.PositionGoneException;
import dev.anabranch.query.ViewLog;
import dev.anabranch.query.ViewRecord;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.wire.ViewWire;
import dev.anabranch.wire.blob.WireFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The compacted topic to which a region's cross-region job writes its views.
 *
 * <p>It joins no consumer group: where each version of a projection is stands in its database.
 */
public final class KafkaViewLog implements ViewLog {

  private static final long serialVersionUID = 1L;
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final Duration FIND_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration ENDS_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(60);
  private static final String CLEANUP_POLICY = "cleanup.policy";

  private final KafkaConnection connection;
  private final String topic;

  public KafkaViewLog(KafkaConnection connection, String topic) {
    this.connection = connection;
    this.topic = topic;
  }

  /**
   * Checks that the topic is one of views that can be read from its beginning.
   *
   * @param maxPartitions the region's shards: a version has a position for each
   * @throws IllegalStateException if not; the message says why and the remedy
   */
  public void requireReadable(int maxPartitions) {
    try (var admin = TopicAdmin.open(connection, ADMIN_TIMEOUT)) {
      var found =
          admin
              .describe(topic)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "topic "
                              + topic
                              + " does not exist: start the region's cross-region job first, which"
                              + " writes it, correct views.topic, or name only projections of"
                              + " events in projections.names"));
      TopicAdmin.withoutId(found)
          .ifPresent(
              problem -> {
                throw new IllegalStateException(problem);
              });
      if (found.partitions().size() > maxPartitions) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "topic %s has %d partitions, a projection can follow %d, as many as the region has shards: correct views.topic",
                topic,
                found.partitions().size(),
                maxPartitions));
      }
      var policy = admin.topicSettings(topic).map(s -> s.getOrDefault(CLEANUP_POLICY, ""));
      if (policy.isPresent() && !policy.get().equals("compact")) {
        throw new IllegalStateException(
            "topic %s has %s %s, so that views may be missing from it; set it to compact, or correct views.topic"
                .formatted(topic, CLEANUP_POLICY, policy.get()));
      }
    }
  }

  @Override
  public Topic topic() {
    var admin = admin();
    try {
      return topic(admin);
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private Admin admin() {
    var properties = connection.toProperties();
    properties.setProperty(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(ENDS_TIMEOUT.toMillis()));
    properties.setProperty(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(ENDS_TIMEOUT.toMillis()));
    return Admin.create(properties);
  }

  private Topic topic(Admin admin) {
    var described = answer(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    if (described == null) {
      throw new StoreUnavailableException("topic " + topic + " is not there", null);
    }
    return new Topic(TopicAdmin.idOf(described).orElse(""), described.partitions().size());
  }

  private <T> T answer(KafkaFuture<T> question) {
    try {
      return question.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException kafka) {
        throw unreadable(kafka);
      }
      throw new IllegalStateException("topic " + topic + " can't be described", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while asking for topic " + topic, e);
    }
  }

  @Override
  public Map<Integer, Range> ranges(Collection<Integer> partitions) {
    var admin = admin();
    try {
      var starts = offsets(admin, partitions, OffsetSpec.earliest());
      var ranges = new HashMap<Integer, Range>();
      offsets(admin, partitions, OffsetSpec.latest())
          .forEach(
              (place, end) ->
                  ranges.put(
                      place.partition(),
                      new Range(
                          requireNonNull(starts.get(place)).offset(),
                          end.offset(),
                          end.leaderEpoch().orElse(NO_EPOCH))));
      return ranges;
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Admin admin, Collection<Integer> partitions, OffsetSpec spec) {
    var asked = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> asked.put(of(partition), spec));
    var options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    return answer(admin.listOffsets(asked, options).all());
  }

  @Override
  public Reading read(Map<Integer, Position> from, int maxRecords) {
    var consumer = consumer(maxRecords);
    try {
      var places = from.keySet().stream().map(this::of).toList();
      consumer.assign(places);
      // What is before a position is compared only if the leader is known by then.
      consumer.endOffsets(places, ENDS_TIMEOUT);
      from.forEach((partition, position) -> consumer.seek(of(partition), place(position)));
      return new Pages(consumer);
    } catch (InterruptException e) {
      close(consumer);
      throw new StoreUnavailableException("interrupted while asking for topic " + topic, e);
    } catch (KafkaException e) {
      close(consumer);
      throw unreadable(e);
    }
  }

  /** It has nothing to leave or commit; an interrupted thread must not wait. */
  private static void close(KafkaConsumer<?, ?> consumer) {
    var interrupted = Thread.interrupted();
    consumer.close(CloseOptions.timeout(Duration.ZERO));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static OffsetAndMetadata place(Position position) {
    var epoch = position.origin().leaderEpoch();
    return new OffsetAndMetadata(
        position.offset(), epoch == NO_EPOCH ? Optional.empty() : Optional.of(epoch), "");
  }

  @Override
  public Optional<ViewRecord> find(int partition, long offset) {
    try (var consumer = consumer(1)) {
      var place = of(partition);
      consumer.assign(List.of(place));
      consumer.seek(place, offset);
      var deadline = System.nanoTime() + FIND_TIMEOUT.toNanos();
      while (System.nanoTime() < deadline) {
        for (var record : consumer.poll(PATIENCE)) {
          return record.offset() == offset ? Optional.of(viewOf(record)) : Optional.empty();
        }
        if (consumer.position(place) > offset) {
          return Optional.empty();
        }
      }
      throw new StoreUnavailableException(
          String.format(
              Locale.ROOT,
              "record %d of partition %d of topic %s did not come within %d s",
              offset,
              partition,
              topic,
              FIND_TIMEOUT.toSeconds()),
          null);
    } catch (KafkaException e) {
      throw unreadable(e);
    }
  }

  private Map<Integer, Long> ends(KafkaConsumer<?, ?> consumer, Collection<Integer> partitions) {
    var ends = new HashMap<Integer, Long>();
    consumer
        .endOffsets(partitions.stream().map(this::of).toList(), ENDS_TIMEOUT)
        .forEach((partition, end) -> ends.put(partition.partition(), end));
    return ends;
  }

  private KafkaConsumer<byte[], byte[]> consumer(int maxRecords) {
    var properties = connection.toProperties();
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.setProperty(
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(Math.max(1, maxRecords)));
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private TopicPartition of(int partition) {
    return new TopicPartition(topic, partition);
  }

  /** What comes back by itself is told from what a person must mend. */
  private RuntimeException unreadable(KafkaException e) {
    if (e instanceof RetriableException) {
      return new StoreUnavailableException(
          "topic " + topic + " does not answer: " + e.getMessage(), e);
    }
    return new IllegalStateException("topic " + topic + " can't be read: " + e.getMessage(), e);
  }

  private static ViewRecord viewOf(ConsumerRecord<byte[], byte[]> record) {
    try {
      var view = record.value() == null ? null : ViewWire.decode(KafkaRecords.fromConsumer(record));
      return new ViewRecord(
          record.partition(),
          record.offset(),
          epochOf(record),
          view,
          view == null ? "it has no value" : "");
    } catch (WireFormatException e) {
      return new ViewRecord(
          record.partition(),
          record.offset(),
          epochOf(record),
          null,
          String.valueOf(e.getMessage()));
    }
  }

  private static int epochOf(ConsumerRecord<?, ?> record) {
    return record.leaderEpoch().orElse(NO_EPOCH);
  }

  private final class Pages implements Reading {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable Admin admin;

    Pages(KafkaConsumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public List<ViewRecord> next() throws InterruptedException {
      try {
        var records = new ArrayList<ViewRecord>();
        consumer.poll(PATIENCE).forEach(record -> records.add(viewOf(record)));
        return records;
      } catch (InterruptException e) {
        throw interrupted(e);
      } catch (OffsetOutOfRangeException e) {
        throw new PositionGoneException(
            "topic %s has nothing at %s, or other records before it"
                .formatted(topic, e.offsetOutOfRangePartitions()),
            e instanceof LogTruncationException truncated ? otherFrom(truncated) : Map.of(),
            e);
      } catch (KafkaException e) {
        throw unreadable(e);
      }
    }

    @Override
    public Map<Integer, Long> ends() {
      var partitions = consumer.assignment().stream().map(TopicPartition::partition).toList();
      try {
        return KafkaViewLog.this.ends(consumer, partitions);
      } catch (KafkaException e) {
        throw unreadable(e);
      }
    }

    @Override
    public Topic topic() {
      var asked = admin == null ? admin() : admin;
      admin = asked;
      return KafkaViewLog.this.topic(asked);
    }

    /** What the leader does not know begins at the first record. */
    private static Map<Integer, Long> otherFrom(LogTruncationException e) {
      var other = new HashMap<Integer, Long>();
      for (var place : e.offsetOutOfRangePartitions().keySet()) {
        var first = e.divergentOffsets().get(place);
        other.put(place.partition(), first == null ? 0 : first.offset());
      }
      return other;
    }

    private InterruptedException interrupted(InterruptException e) {
      Thread.interrupted();
      var thrown = new InterruptedException("closing");
      thrown.initCause(e);
      return thrown;
    }

    @Override
    public void close() {
      // Nothing to leave or commit; an interrupted thread must not wait.
      var interrupted = Thread.interrupted();
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      if (admin != null) {
        admin.close(Duration.ZERO);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
