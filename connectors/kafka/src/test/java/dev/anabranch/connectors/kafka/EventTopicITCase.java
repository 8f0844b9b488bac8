package dev.anabranch.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.connectors.kafka.reader.SequenceGapException;
import dev.anabranch.connectors.kafka.reader.ShardSequencer;
import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.wire.EventWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Publishes rows by {@link Republisher} and reads them by {@link EventTopicReader}. */
class EventTopicITCase {

  private static final int SHARDS = 8;
  private static final int PARTITIONS = 4;

  private static TestBroker broker;
  private final List<LogPosition> applied = new ArrayList<>();

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void aTopicWithAnEpochGapGivesEveryRowOnceInOrder() {
    broker.createTopic("gap", PARTITIONS);
    try (var republisher = republisher("gap")) {
      publish(republisher, 3, LongStream.rangeClosed(0, 4));
      publish(republisher, 5, LongStream.rangeClosed(0, 2));
      publish(republisher, 3, LongStream.of(10, 11));
      publish(republisher, 3, LongStream.rangeClosed(5, 11));
      republisher.flush();
      assertThat(republisher.published()).isEqualTo(17);
    }

    var result = reader("gap").read(row -> applied.add(row.position()));

    assertThat(result.isClean()).isTrue();
    assertThat(result.outOfOrder()).isZero();
    assertThat(result.records()).isEqualTo(17);
    assertThat(result.repeats()).isEqualTo(2);
    assertThat(result.nextOffsets()).containsExactly(0, 0, 0, 12, 0, 3, 0, 0);
    assertThat(offsets(3)).isEqualTo(LongStream.rangeClosed(0, 11).boxed().toList());
    assertThat(offsets(5)).containsExactly(0L, 1L, 2L);
    assertThat(broker.read("gap", 17))
        .allSatisfy(
            record ->
                assertThat(record.partition())
                    .isEqualTo(TestBroker.header(record, "ce_shard").equals("3") ? 1 : 2));
  }

  @Test
  void readingGoesOnFromAPositionVector() {
    broker.createTopic("vector", PARTITIONS);
    try (var republisher = republisher("vector")) {
      publish(republisher, 0, LongStream.range(0, 10));
      publish(republisher, 1, LongStream.range(0, 10));
      republisher.flush();
    }

    var result = reader("vector").read(Map.of(0, 7L), row -> applied.add(row.position()));

    assertThat(offsets(0)).containsExactly(7L, 8L, 9L);
    assertThat(offsets(1)).hasSize(10);
    assertThat(result.repeats()).isEqualTo(7);
  }

  @Test
  void whatIsNoRowOfTheRegionIsReported() {
    broker.createTopic("strange", PARTITIONS);
    broker.send("strange", 0, new MessageRecord(null, null, List.of()));
    broker.send("strange", 0, EventWire.encode(TestMessages.row(0, 0), "b"));
    broker.send("strange", 3, EventWire.encode(TestMessages.row(0, 0), "a"));
    broker.send("strange", 1, EventWire.encode(TestMessages.row(99, 0), "a"));
    broker.flush();

    var result = reader("strange").read(row -> applied.add(row.position()));

    assertThat(result.isClean()).isFalse();
    assertThat(result.problemCount()).isEqualTo(4);
    assertThat(result.problems())
        .anySatisfy(problem -> assertThat(problem).startsWith("record strange-0@0 is no row: "))
        .anySatisfy(problem -> assertThat(problem).contains("strange-0@1 is a row of region b"))
        .anySatisfy(problem -> assertThat(problem).contains("whose partition is 0"))
        .anySatisfy(problem -> assertThat(problem).contains("is of shard 99 of 8"));
    assertThat(offsets(0)).containsExactly(0L);
  }

  @Test
  void aTopicWhoseFirstRecordsExpiredBeginsWithWhatIsLeft() throws Exception {
    broker.createTopic("short", PARTITIONS);
    try (var republisher = republisher("short")) {
      publish(republisher, 0, LongStream.range(0, 10));
      publish(republisher, 1, LongStream.range(0, 3));
      publish(republisher, 2, LongStream.range(0, 3));
      republisher.flush();
    }
    try (var admin = Admin.create(broker.connection().toProperties())) {
      var first = new TopicPartition("short", 0);
      var second = new TopicPartition("short", 1);
      admin
          .deleteRecords(
              Map.of(
                  first, RecordsToDelete.beforeOffset(4), second, RecordsToDelete.beforeOffset(3)))
          .all()
          .get();
    }

    var result = reader("short").read(row -> applied.add(row.position()));

    assertThat(result.isClean()).isTrue();
    assertThat(partitionsOf(0, 2)).containsExactly(0, 1);
    assertThat(result.firstOffsets()[0]).isEqualTo(4);
    assertThat(result.firstOffsets()[2]).isEqualTo(EventTopicReader.Result.NONE_LEFT);
    assertThat(result.firstOffsets()[7]).isZero();
    assertThat(offsets(0)).isEqualTo(LongStream.range(4, 10).boxed().toList());
  }

  @Test
  void rowsThatTheTopicDoesNotHaveAreAGap() {
    broker.createTopic("hole", PARTITIONS);
    try (var republisher = republisher("hole")) {
      publish(republisher, 0, LongStream.range(4, 10));
      republisher.flush();
    }

    var result = reader("hole").read(row -> applied.add(row.position()));

    assertThat(applied).isEmpty();
    assertThat(result.gaps()).containsExactly(new ShardSequencer.Gap(0, 0, 4, 6));
    assertThat(result.outOfOrder()).isZero();
    assertThatThrownBy(
            () ->
                new EventTopicReader(
                        broker.connection(), "hole", TestMessages.layout(SHARDS, PARTITIONS), 3)
                    .read(row -> {}))
        .isInstanceOf(SequenceGapException.class)
        .hasMessageContaining("shard 0 misses offsets 0 to 3");
  }

  @Test
  void aReorderedTopicIsReportedThoughReadersCopeWithIt() {
    broker.createTopic("disorder", PARTITIONS);
    try (var republisher = republisher("disorder")) {
      publish(republisher, 3, LongStream.of(0, 2, 1, 3));
      publish(republisher, 5, LongStream.of(0, 1, 2));
      republisher.flush();
    }

    var result = reader("disorder").read(row -> applied.add(row.position()));

    assertThat(offsets(3)).containsExactly(0L, 1L, 2L, 3L);
    assertThat(result.outOfOrder()).isEqualTo(1);
  }

  @Test
  void aRowThatCameAgainIsHandedOnAsItCameThen() {
    broker.createTopic("again", PARTITIONS);
    try (var republisher = republisher("again")) {
      publish(republisher, 3, LongStream.of(0, 1, 1, 0));
      republisher.flush();
    }
    var repeats = new ArrayList<LogPosition>();

    var unused =
        reader("again")
            .read(row -> applied.add(row.position()), repeat -> repeats.add(repeat.position()));

    assertThat(repeats).containsExactly(new LogPosition(3, 1), new LogPosition(3, 0));
  }

  @Test
  void aMissingTopicIsNamed() {
    assertThatThrownBy(() -> reader("nowhere").read(row -> {}))
        .hasMessageContaining("nowhere does not exist");
  }

  @Test
  void aRowThatCanNotBePublishedIsNamed() {
    broker.createTopic("tiny", PARTITIONS);
    try (var republisher =
        new Republisher(
            broker.connection(), "tiny", TestMessages.layout(SHARDS, PARTITIONS), 100)) {
      republisher.publish(TestMessages.row(2, 5));
      assertThatThrownBy(republisher::flush)
          .hasMessageContaining("row 2@5 could not be published to tiny");
    }
  }

  private static Republisher republisher(String topic) {
    return new Republisher(
        broker.connection(), topic, TestMessages.layout(SHARDS, PARTITIONS), 1 << 20);
  }

  private static EventTopicReader reader(String topic) {
    return new EventTopicReader(
        broker.connection(), topic, TestMessages.layout(SHARDS, PARTITIONS));
  }

  private static void publish(Republisher republisher, int shard, LongStream offsets) {
    offsets.mapToObj(offset -> TestMessages.row(shard, offset)).forEach(republisher::publish);
  }

  private List<Long> offsets(int shard) {
    return applied.stream().filter(p -> p.shard() == shard).map(LogPosition::offset).toList();
  }

  private static List<Integer> partitionsOf(int... shards) {
    var layout = TestMessages.layout(SHARDS, PARTITIONS);
    return java.util.Arrays.stream(shards).map(layout::partitionOf).boxed().toList();
  }
}
