package dev.anabranch.connectors.kafka.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.kafka.reader.KafkaViewLog;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.embedded.KafkaBrokerConfig;
import dev.anabranch.embedded.LostEnd;
import dev.anabranch.query.PositionGoneException;
import dev.anabranch.query.ViewLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Positions that no longer mean what they meant, on a real broker. */
class CheckedReaderITCase {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long EARLIEST = KafkaPartitionSplit.EARLIEST_OFFSET;
  private static final long COMMITTED = KafkaPartitionSplit.COMMITTED_OFFSET;

  private static Path directory;
  private static EmbeddedKafka kafka;
  private static Admin admin;
  private static KafkaProducer<byte[], byte[]> producer;
  private static int tests;

  private final String topic = "topic-" + ++tests;
  private final String output = "output-" + tests;
  private final String group = "group-" + tests;
  private final Map<String, Counter> counters = new HashMap<>();
  private final Wrapped wrapped = new Wrapped();
  private final TopicIds ids = new TopicIds();
  private CheckedReader<String> reader;

  @BeforeAll
  static void start() throws Exception {
    directory = Files.createTempDirectory(Path.of("target"), "positions");
    kafka = EmbeddedKafka.start(KafkaBrokerConfig.in(directory));
    admin = Admin.create(connection());
    var settings = connection();
    // Else a leader that is new takes the second request and refuses the first (ADR 21).
    settings.setProperty("max.in.flight.requests.per.connection", "1");
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
    kafka.close();
  }

  @BeforeEach
  void create() throws Exception {
    make(topic, 2);
    reader = newReader(Map.of());
  }

  @AfterEach
  void close() throws Exception {
    reader.close();
  }

  @Test
  void aPositionThatHoldsIsGoneOnAt() throws Exception {
    send(10);

    restore(new IdentifiedSplit(at(0), 7, idOf(topic)));

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 7L));
    assertThat(told()).isEmpty();
    assertThat(ids.of(topic)).isEqualTo(idOf(topic));
    assertThat(reader.snapshotState(1))
        .containsExactly(new IdentifiedSplit(at(0), 7, idOf(topic), lastEpoch()));
  }

  @Test
  void aTopicMadeAnewAndLongerIsReadFromItsFirstRecordOn() throws Exception {
    var before = idOf(topic);
    remake(topic, 2);
    send(100);

    restore(new IdentifiedSplit(at(0), 35, before));

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 0L));
    assertThat(told()).containsExactly(Map.entry("partitionsMadeAnew", 1L));
    assertThat(reader.snapshotState(1))
        .containsExactly(new IdentifiedSplit(at(0), 0, idOf(topic), lastEpoch()));
  }

  @Test
  void aTopicMadeAnewAndShorterIsReadFromItsFirstRecordOn() throws Exception {
    var before = idOf(topic);
    remake(topic, 2);
    send(3);

    restore(new IdentifiedSplit(at(0), 35, before), new IdentifiedSplit(at(1), 0, before));

    assertThat(wrapped.offsets()).containsOnly(Map.entry(at(0), 0L), Map.entry(at(1), 0L));
    assertThat(told()).containsExactly(Map.entry("partitionsMadeAnew", 2L));
  }

  @Test
  void recordsThatExpiredUnreadAreCounted() throws Exception {
    send(50);
    deleteBefore(40);

    restore(new IdentifiedSplit(at(0), 10, idOf(topic)));

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 40L));
    assertThat(told()).containsExactly(Map.entry("recordsExpired", 30L));
  }

  @Test
  void recordsThatExpiredBehindAGroupsOffsetAreCounted() throws Exception {
    send(50);
    admin.alterConsumerGroupOffsets(group, Map.of(at(0), new OffsetAndMetadata(10))).all().get();
    deleteBefore(40);

    restore(new KafkaPartitionSplit(at(0), COMMITTED), new KafkaPartitionSplit(at(1), COMMITTED));

    assertThat(wrapped.offsets()).containsOnly(Map.entry(at(0), 40L), Map.entry(at(1), 0L));
    assertThat(told()).containsExactly(Map.entry("recordsExpired", 30L));
  }

  @Test
  void aPositionBeyondTheEndIsToldAndTheTopicReadAgain() throws Exception {
    send(5);

    restore(new IdentifiedSplit(at(0), 9, idOf(topic)));

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 0L));
    assertThat(told()).containsExactly(Map.entry("partitionsCutShort", 1L));
  }

  @Test
  void aPartitionThatLostItsEndAndIsLongerAgainIsReadFromItsFirstOtherRecordOn() throws Exception {
    send(10);
    kafka.restart();
    send(2);
    var kept = LostEnd.keep(kafka, directory, at(0));
    send(13);
    var epoch = lastEpoch();
    var group = new OffsetAndMetadata(20, Optional.of(epoch), "");
    admin.alterConsumerGroupOffsets(this.group, Map.of(at(0), group)).all().get();
    kept.putBack(kafka);
    send(40);

    var position = new IdentifiedSplit(at(0), 20, idOf(topic), epoch);
    restore(position);
    assertThat(wrapped.added).containsExactly(new IdentifiedSplit(at(0), 12, idOf(topic), 2));
    assertThat(told()).containsExactly(Map.entry("partitionsCutShort", 1L));

    // The same without a checkpoint, by what the group has committed.
    startAgain();
    restore(new KafkaPartitionSplit(at(0), COMMITTED));
    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 12L));

    // Without the epoch, as after a release that kept none, nobody can tell; nor later.
    startAgain();
    restore(new IdentifiedSplit(at(0), 20, idOf(topic)));
    assertThat(wrapped.added)
        .containsExactly(new IdentifiedSplit(at(0), 20, idOf(topic), lastEpoch()));
    assertThat(told()).isEmpty();

    // A version of views has its position elsewhere, and Kafka's consumer compares.
    var views = new KafkaViewLog(KafkaConnection.to(kafka.bootstrapServers()), topic);
    var read = new ViewLog.Position(new ViewLog.Origin(idOf(topic), epoch), 20);
    try (var reading = views.read(Map.of(0, read), 10)) {
      assertThatThrownBy(
              () -> {
                while (reading.next().isEmpty()) {
                  // What is before the position is being asked for.
                }
              })
          .isInstanceOfSatisfying(
              PositionGoneException.class,
              gone -> assertThat(gone.otherFrom()).isEqualTo(Map.of(0, 12L)));
    }
    assertThat(views.ranges(List.of(0)))
        .isEqualTo(Map.of(0, new ViewLog.Range(0, 52, lastEpoch())));

    // What was kept is as it was, whoever leads now.
    startAgain();
    restore(new IdentifiedSplit(at(0), 12, idOf(topic), 2));
    assertThat(wrapped.added).containsExactly(new IdentifiedSplit(at(0), 12, idOf(topic), 2));
    assertThat(told()).isEmpty();
  }

  @Test
  void aReaderThatHasGotNoRecordKnowsThatThePartitionLostItsEnd() throws Exception {
    send(12);
    var kept = LostEnd.keep(kafka, directory, at(0));
    send(8);
    restore(new IdentifiedSplit(at(0), 20, idOf(topic)));
    var checkpoint = reader.snapshotState(1);
    kept.putBack(kafka);
    send(40);

    startAgain();
    restore(checkpoint.toArray(new KafkaPartitionSplit[0]));

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 12L));
    assertThat(told()).containsExactly(Map.entry("partitionsCutShort", 1L));
  }

  @Test
  void aPositionOfAReleaseThatKeptNoIdIsAdopted() throws Exception {
    send(10);

    restore(new KafkaPartitionSplit(at(0), 7));

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 7L));
    assertThat(reader.snapshotState(1))
        .containsExactly(new IdentifiedSplit(at(0), 7, idOf(topic), lastEpoch()));
  }

  @Test
  void aPartitionThatIsNotThereWaitsAndKeepsItsPosition() throws Exception {
    var before = idOf(topic);
    remake(topic, 1);
    send(10);

    restore(new IdentifiedSplit(at(0), 7, before), new IdentifiedSplit(at(1), 3, before));

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 0L));
    assertThat(reader.snapshotState(1)).contains(new IdentifiedSplit(at(1), 3, before));

    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
    drive(() -> wrapped.added.size() == 2);

    assertThat(wrapped.offsets()).containsEntry(at(1), 0L);
    assertThat(told()).containsExactly(Map.entry("partitionsMadeAnew", 2L));
  }

  @Test
  void whileTheClusterIsAwayAPartitionIsCheckpointedAsItCame() throws Exception {
    send(10);
    var split = new IdentifiedSplit(at(0), 7, idOf(topic));
    kafka.stop();
    try {
      reader.addSplits(List.of(split));
      reader.pollNext(null);

      assertThat(wrapped.added).isEmpty();
      assertThat(reader.snapshotState(1)).containsExactly(split);
    } finally {
      kafka.restart();
    }
    drive(() -> !wrapped.added.isEmpty());

    assertThat(wrapped.offsets()).containsExactly(Map.entry(at(0), 7L));
  }

  @Test
  void aTopicMadeAnewWhileItIsReadEndsTheTask() throws Exception {
    restore(new IdentifiedSplit(at(0), 0, idOf(topic)));
    remake(topic, 2);
    send(10);

    reader.look();

    assertThatThrownBy(() -> drive(() -> false))
        .isInstanceOf(TopicMadeAnewException.class)
        .hasMessageContaining("topic " + topic)
        .hasMessageContaining("was made anew while it was read");
  }

  @Test
  void aTopicThatTheJobWritesIsToldOfOnce() throws Exception {
    make(output, 1);
    reader.close();
    reader = newReader(Map.of(output, new Reading.Watched(idOf(output), "Publish again.")));
    remake(output, 1);

    reader.look();
    drive(() -> told().containsKey("topicsMadeAnew"));
    reader.look();
    drive(() -> !reader.isLooking());

    assertThat(told()).containsExactly(Map.entry("topicsMadeAnew", 1L));
  }

  @Test
  void aTopicThatIsNotThereNowIsNoReasonToEnd() throws Exception {
    restore(new IdentifiedSplit(at(0), 0, idOf(topic)));
    remove(topic);

    reader.look();
    drive(() -> !reader.isLooking());

    assertThat(told()).isEmpty();
  }

  // -- Kafka.

  private int lastEpoch() throws Exception {
    return admin
        .listOffsets(Map.of(at(0), OffsetSpec.latest()))
        .partitionResult(at(0))
        .get()
        .leaderEpoch()
        .orElseThrow();
  }

  private static Properties connection() {
    var properties = new Properties();
    properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
    return properties;
  }

  private TopicPartition at(int partition) {
    return new TopicPartition(topic, partition);
  }

  private static void make(String name, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    await(() -> idOf(name) != null);
  }

  private static void remove(String name) throws Exception {
    admin.deleteTopics(List.of(name)).all().get();
    await(() -> idOf(name) == null);
  }

  private static void remake(String name, int partitions) throws Exception {
    remove(name);
    make(name, partitions);
  }

  private static String idOf(String name) {
    try {
      return admin
          .describeTopics(List.of(name))
          .allTopicNames()
          .get()
          .get(name)
          .topicId()
          .toString();
    } catch (java.util.concurrent.ExecutionException e) {
      return null;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void send(int count) throws Exception {
    for (var i = 0; i < count; i++) {
      var bytes = ("r" + i).getBytes(StandardCharsets.UTF_8);
      var sent = producer.send(new ProducerRecord<>(topic, 0, bytes, bytes));
      if (i == count - 1) {
        sent.get();
      }
    }
  }

  private void deleteBefore(long offset) throws Exception {
    admin.deleteRecords(Map.of(at(0), RecordsToDelete.beforeOffset(offset))).all().get();
  }

  // -- The task.

  private void startAgain() throws Exception {
    reader.close();
    wrapped.added.clear();
    counters.clear();
    reader = newReader(Map.of());
  }

  private CheckedReader<String> newReader(Map<String, Reading.Watched> watched) {
    var reading =
        new Reading(
            connection(), group, Reading.Otherwise.EARLIEST, "here", "It is lost.", watched);
    return new CheckedReader<>(wrapped, reading, true, ids, new Counters());
  }

  /** As a task that starts from a checkpoint. */
  private void restore(KafkaPartitionSplit... splits) throws Exception {
    reader.addSplits(List.of(splits));
    reader.start();
    drive(() -> !wrapped.added.isEmpty());
  }

  /** As a task does: it polls when there is something to do. */
  private void drive(BooleanSupplier done) throws Exception {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      var left = deadline - System.nanoTime();
      assertThat(left).as("time left").isPositive();
      reader.isAvailable().get(left, TimeUnit.NANOSECONDS);
      reader.pollNext(null);
    }
  }

  private static void await(Supplier<Boolean> condition) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.get()) {
      assertThat(System.nanoTime()).as("gave up").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private Map<String, Long> told() {
    var told = new HashMap<String, Long>();
    counters.forEach(
        (name, counter) -> {
          if (counter.getCount() > 0) {
            told.put(name, counter.getCount());
          }
        });
    return told;
  }

  private final class Counters extends UnregisteredMetricsGroup {
    @Override
    public Counter counter(String name) {
      return counters.computeIfAbsent(name, unused -> new SimpleCounter());
    }
  }

  /** A reader that never has anything. */
  private static final class Wrapped implements SourceReader<String, KafkaPartitionSplit> {
    final List<KafkaPartitionSplit> added = new ArrayList<>();
    private final CompletableFuture<Void> never = new CompletableFuture<>();

    Map<TopicPartition, Long> offsets() {
      var offsets = new HashMap<TopicPartition, Long>();
      added.forEach(split -> offsets.put(split.getTopicPartition(), split.getStartingOffset()));
      return offsets;
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<String> output) {
      return InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      return List.copyOf(added);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return never;
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
      added.addAll(splits);
    }

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }
}
