package dev.anabranch.connectors.kafka.reader;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.kafka.topics.TopicAdmin;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.stored.LastPrints;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.ForgetWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the published log of a region from its beginning to the end that the topic has when the
 * reading starts, by the rule of {@link ShardSequencer}.
 *
 * <p>Finding what is wrong with the topic is its purpose, so it reports instead of failing: records
 * that are no rows of this region, rows in the wrong partition, gaps, rows out of order.
 *
 * <p><b>Retention.</b> Where a partition's first records are gone, its shards begin with the first
 * row that is left.
 *
 * <p><b>Threads.</b> One.
 */
public final class EventTopicReader {

  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
  private static final Duration STALL_TIMEOUT = Duration.ofSeconds(60);
  private static final int MAX_PROBLEMS = 100;
  private static final int DEFAULT_MAX_HELD = 100_000;

  private final KafkaConnection connection;
  private final String topic;
  private final StoreLayout layout;
  private final int maxHeld;
  private final List<AcceptedLoss> losses;

  public EventTopicReader(KafkaConnection connection, String topic, StoreLayout layout) {
    this(connection, topic, layout, DEFAULT_MAX_HELD);
  }

  /**
   * @param maxHeld how many rows may wait for missing ones before the reading fails
   */
  public EventTopicReader(
      KafkaConnection connection, String topic, StoreLayout layout, int maxHeld) {
    this(connection, topic, layout, maxHeld, List.of());
  }

  private EventTopicReader(
      KafkaConnection connection,
      String topic,
      StoreLayout layout,
      int maxHeld,
      List<AcceptedLoss> losses) {
    this.losses = losses;
    this.connection = connection;
    this.topic = topic;
    this.layout = layout;
    this.maxHeld = maxHeld;
  }

  /** A reader that leaves out rows whose loss was accepted. */
  public EventTopicReader forgetting(List<AcceptedLoss> accepted) {
    return new EventTopicReader(connection, topic, layout, maxHeld, List.copyOf(accepted));
  }

  /**
   * What the topic holds.
   *
   * @param firstOffsets by shard: rows below are no longer in the topic; {@link #NONE_LEFT}: the
   *     partition's records expired, and it has none of this shard now
   * @param nextOffsets by shard: all rows from there to below here were applied
   * @param records all that were read
   * @param repeats rows that came again, or lie before the start position
   * @param outOfOrder rows that came before the row which they follow and not after it once more;
   *     readers hold them until then
   * @param forgotten rows that were left out because their loss was accepted
   * @param gaps rows that are missing though later ones are there
   * @param problems the first hundred records that are no rows of this region in their partition
   * @param problemCount all of them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared with equals
  public record Result(
      long[] firstOffsets,
      long[] nextOffsets,
      long records,
      long repeats,
      long outOfOrder,
      long forgotten,
      List<ShardSequencer.Gap> gaps,
      List<String> problems,
      long problemCount) {

    /** In place of a first offset. */
    public static final long NONE_LEFT = -1;

    public boolean isClean() {
      return gaps.isEmpty() && problemCount == 0;
    }
  }

  /** Reads from the first row of each shard on. */
  public Result read(Consumer<? super LogRow> apply) {
    return read(apply, repeat -> {});
  }

  /**
   * Reads from the first row of each shard on.
   *
   * @param repeated gets each record whose row came before, as it came this time
   */
  public Result read(Consumer<? super LogRow> apply, Consumer<? super LogRow> repeated) {
    return read(Map.of(), apply, repeated);
  }

  /**
   * Reads from a position vector on. The whole topic is read, as Kafka knows nothing of shards;
   * rows below the vector are dropped.
   *
   * @param startOffsets next offset by shard; 0 for a shard that is not in it
   * @throws SequenceGapException if more rows wait for missing ones than may be held
   * @throws IllegalStateException if the topic can't be read
   */
  public Result read(Map<Integer, Long> startOffsets, Consumer<? super LogRow> apply) {
    return read(startOffsets, apply, repeat -> {});
  }

  private Result read(
      Map<Integer, Long> startOffsets,
      Consumer<? super LogRow> apply,
      Consumer<? super LogRow> repeated) {
    var run = new Run(startOffsets, apply, repeated, losses.isEmpty() ? "" : topicId());
    try (var consumer = newConsumer()) {
      var partitions = partitions(consumer);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      consumer
          .beginningOffsets(partitions)
          .forEach((partition, first) -> run.beginsAt(partition.partition(), first));
      var ends = consumer.endOffsets(partitions);
      readToEnd(consumer, ends, run);
    } catch (KafkaException e) {
      throw new IllegalStateException("can't read topic " + topic + ": " + e.getMessage(), e);
    }
    return run.result();
  }

  private String topicId() {
    try (var admin = TopicAdmin.open(connection, STALL_TIMEOUT)) {
      return admin
          .describe(topic)
          .orElseThrow(() -> new IllegalStateException("topic " + topic + " does not exist"))
          .topicId()
          .toString();
    }
  }

  private void readToEnd(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Run run) {
    var lastProgress = System.nanoTime();
    while (!isAtEnd(consumer, ends)) {
      var polled = consumer.poll(POLL_TIMEOUT);
      polled.forEach(run::take);
      if (!polled.isEmpty()) {
        lastProgress = System.nanoTime();
      } else if (System.nanoTime() - lastProgress > STALL_TIMEOUT.toNanos()) {
        throw new IllegalStateException(
            "topic "
                + topic
                + " gave no record for "
                + STALL_TIMEOUT.toSeconds()
                + " seconds before its end; is a broker down, or a transaction open?");
      }
    }
  }

  private static boolean isAtEnd(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    var found = consumer.partitionsFor(topic);
    if (found == null || found.isEmpty()) {
      throw new IllegalStateException("topic " + topic + " does not exist; is its name right?");
    }
    return found.stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .collect(Collectors.toList());
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    var properties = connection.toProperties();
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** One reading: its sequencer and its counts. */
  private final class Run {
    private final ShardSequencer<LogRow> sequencer =
        new ShardSequencer<>(layout.shardCount(), maxHeld);
    private final Consumer<? super LogRow> apply;
    private final Consumer<? super LogRow> repeated;
    private final long[] firstOffsets = new long[layout.shardCount()];
    private final Map<Integer, Set<Long>> early = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long problemCount;
    private long records;
    private long repeats;
    private long forgotten;
    private final String topicId;
    private final LastPrints[] prints = new LastPrints[layout.shardCount()];

    Run(
        Map<Integer, Long> startOffsets,
        Consumer<? super LogRow> apply,
        Consumer<? super LogRow> repeated,
        String topicId) {
      this.topicId = topicId;
      Arrays.setAll(prints, shard -> new LastPrints());
      this.apply = apply;
      this.repeated = repeated;
      startOffsets.forEach(sequencer::startAt);
    }

    /** Where its first records are gone, any row may be the first of its shard. */
    void beginsAt(int partition, long firstRecord) {
      for (var shard = 0; shard < firstOffsets.length; shard++) {
        if (firstRecord > 0 && layout.partitionOf(shard) == partition) {
          firstOffsets[shard] = Result.NONE_LEFT;
        }
      }
    }

    void take(ConsumerRecord<byte[], byte[]> kafka) {
      records++;
      EventWire.Published published;
      try {
        var message = KafkaRecords.fromConsumer(kafka);
        if (ForgetWire.isForget(message)) {
          return;
        }
        published = EventWire.decode(message);
      } catch (RuntimeException e) {
        problem(kafka, "is no row: " + e.getMessage());
        return;
      }
      var row = published.row();
      if (!published.region().equals(layout.region().value())) {
        problem(kafka, "is a row of region " + published.region() + ", not " + layout.region());
      } else if (row.shard() < 0 || row.shard() >= layout.shardCount()) {
        problem(kafka, "is of shard " + row.shard() + " of " + layout.shardCount());
      } else {
        if (layout.partitionOf(row.shard()) != kafka.partition()) {
          problem(
              kafka,
              "is of shard "
                  + row.shard()
                  + ", whose partition is "
                  + layout.partitionOf(row.shard()));
        }
        accept(kafka, row);
      }
    }

    private void accept(ConsumerRecord<byte[], byte[]> kafka, LogRow row) {
      var shard = row.shard();
      var place = new LogBookmark(topicId, kafka.offset());
      if (losses.stream().anyMatch(loss -> loss.forgets(place, shard, row.offset()))) {
        forgotten++;
        return;
      }
      if (firstOffsets[shard] == Result.NONE_LEFT) {
        firstOffsets[shard] = row.offset();
        sequencer.startAt(shard, Math.max(row.offset(), sequencer.nextOffset(shard)));
      }
      switch (sequencer.accept(shard, row.offset(), row, this::applied)) {
        case REPEATED -> {
          repeats++;
          repeated.accept(row);
          if (prints[shard].compare(row) == LastPrints.Verdict.OTHER) {
            problem(
                kafka,
                "is another row than the one that came before at "
                    + row.position()
                    + ": the log was forked, or the store lost rows");
          }
          if (row.offset() < sequencer.nextOffset(shard)) {
            early.getOrDefault(shard, new HashSet<>()).remove(row.offset());
          }
        }
        case HELD -> early.computeIfAbsent(shard, any -> new HashSet<>()).add(row.offset());
        case APPLIED -> {
          // As it should be.
        }
      }
    }

    /** Those of a gap are told apart from these. */
    private long outOfOrder() {
      return early.entrySet().stream()
          .mapToLong(
              held ->
                  held.getValue().stream()
                      .filter(offset -> offset < sequencer.nextOffset(held.getKey()))
                      .count())
          .sum();
    }

    private void applied(LogRow row) {
      prints[row.shard()].took(row);
      apply.accept(row);
    }

    private void problem(ConsumerRecord<byte[], byte[]> kafka, String what) {
      problemCount++;
      if (problems.size() < MAX_PROBLEMS) {
        problems.add(
            "record "
                + kafka.topic()
                + "-"
                + kafka.partition()
                + "@"
                + kafka.offset()
                + " "
                + what);
      }
    }

    Result result() {
      var nextOffsets = new long[layout.shardCount()];
      for (var shard = 0; shard < nextOffsets.length; shard++) {
        nextOffsets[shard] = sequencer.nextOffset(shard);
      }
      return new Result(
          firstOffsets,
          nextOffsets,
          records,
          repeats,
          outOfOrder(),
          forgotten,
          sequencer.gaps(),
          List.copyOf(problems),
          problemCount);
    }
  }
}
