package dev.anabranch.connectors.kafka.source;

import static dev.anabranch.connectors.kafka.source.IdentifiedSplit.NO_EPOCH;
import static dev.anabranch.connectors.kafka.source.Reading.Otherwise.EARLIEST;
import static dev.anabranch.connectors.kafka.source.Reading.Otherwise.LATEST;
import static org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit.COMMITTED_OFFSET;
import static org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit.EARLIEST_OFFSET;
import static org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit.LATEST_OFFSET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.kafka.source.Beginning.Anew;
import dev.anabranch.connectors.kafka.source.Beginning.At;
import dev.anabranch.connectors.kafka.source.Beginning.CutShort;
import dev.anabranch.connectors.kafka.source.Beginning.Expired;
import dev.anabranch.connectors.kafka.source.Beginning.LostEnd;
import dev.anabranch.connectors.kafka.source.Beginning.Missing;
import dev.anabranch.connectors.kafka.source.LostEnds.Divergence;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a position is worth: every case, in a partition that holds the records 10 to 19. */
class BeginningTest {

  private static final String SAME = "same";
  private static final String OTHER = "other";
  private static final String UNKNOWN = "";

  static Object[][] cases() {
    return new Object[][] {
      // stored id, id now, position, group's offset, otherwise, expected
      {SAME, SAME, 15L, -1L, EARLIEST, new At(15)},
      {SAME, SAME, 10L, -1L, EARLIEST, new At(10)},
      {SAME, SAME, 20L, -1L, EARLIEST, new At(20)},
      {SAME, SAME, 4L, -1L, EARLIEST, new Expired(10, 6)},
      {SAME, SAME, 0L, -1L, LATEST, new Expired(10, 10)},
      {SAME, SAME, 21L, -1L, EARLIEST, new CutShort(10, 21, 20)},
      {SAME, OTHER, 15L, -1L, EARLIEST, new Anew(10, 15)},
      {SAME, OTHER, 4L, -1L, EARLIEST, new Anew(10, 4)},
      {SAME, OTHER, 500L, -1L, EARLIEST, new Anew(10, 500)},
      {SAME, OTHER, 15L, -1L, LATEST, new Anew(10, 15)},
      {UNKNOWN, SAME, 15L, -1L, EARLIEST, new At(15)},
      {UNKNOWN, SAME, 4L, -1L, EARLIEST, new Expired(10, 6)},
      {SAME, UNKNOWN, 15L, -1L, EARLIEST, new At(15)},
      {UNKNOWN, SAME, EARLIEST_OFFSET, 15L, EARLIEST, new At(10)},
      {UNKNOWN, SAME, LATEST_OFFSET, 15L, EARLIEST, new At(20)},
      {UNKNOWN, SAME, COMMITTED_OFFSET, 15L, EARLIEST, new At(15)},
      {UNKNOWN, SAME, COMMITTED_OFFSET, 4L, EARLIEST, new Expired(10, 6)},
      {UNKNOWN, SAME, COMMITTED_OFFSET, 25L, EARLIEST, new CutShort(10, 25, 20)},
      {UNKNOWN, SAME, COMMITTED_OFFSET, -1L, EARLIEST, new At(10)},
      {UNKNOWN, SAME, COMMITTED_OFFSET, -1L, LATEST, new At(20)},
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void beginsWhereThePositionStillMeansSomething(
      String stored,
      String id,
      long position,
      long committed,
      Reading.Otherwise otherwise,
      Beginning expected) {
    var split = new IdentifiedSplit(new TopicPartition("t", 0), position, stored);
    var now = new TopicNow(id, Map.of(0, new TopicNow.Range(10, 20, committed)));

    assertThat(Beginning.of(split, now, otherwise)).isEqualTo(expected);
  }

  static Object[][] lostEnds() {
    return new Object[][] {
      // id now, position, from where on other records, expected
      {SAME, 15L, new Divergence(12, 3), new LostEnd(12, 15, 3)},
      {SAME, 25L, new Divergence(12, 3), new LostEnd(12, 25, 3)},
      {SAME, 15L, new Divergence(10, 3), new LostEnd(10, 15, 3)},
      {SAME, 15L, new Divergence(9, 3), new LostEnd(10, 15, NO_EPOCH)},
      {SAME, 15L, LostEnds.UNKNOWN, new LostEnd(10, 15, NO_EPOCH)},
      {OTHER, 15L, new Divergence(12, 3), new Anew(10, 15)},
      {SAME, 4L, new Divergence(3, 3), new Expired(10, 6)},
    };
  }

  @ParameterizedTest
  @MethodSource("lostEnds")
  void beginsAtTheFirstRecordThatIsAnotherOne(
      String id, long position, Divergence lost, Beginning expected) {
    var split = new IdentifiedSplit(new TopicPartition("t", 0), position, SAME, 7);
    var now = new TopicNow(id, Map.of(0, new TopicNow.Range(10, 20, -1).lost(lost)));

    assertThat(Beginning.of(split, now, EARLIEST)).isEqualTo(expected);
  }

  static Object[][] compared() {
    return new Object[][] {
      // id now, position, epoch, group's offset and its epoch, what is compared
      {SAME, 15L, 7, -1L, NO_EPOCH, "15 in 7"},
      {SAME, 25L, 7, -1L, NO_EPOCH, "25 in 7"},
      {UNKNOWN, 15L, 0, -1L, NO_EPOCH, "15 in 0"},
      {SAME, 15L, NO_EPOCH, 15L, 7, ""},
      {OTHER, 15L, 7, -1L, NO_EPOCH, ""},
      {SAME, 10L, 7, -1L, NO_EPOCH, ""},
      {SAME, 4L, 7, -1L, NO_EPOCH, ""},
      {SAME, COMMITTED_OFFSET, NO_EPOCH, 15L, 7, "15 in 7"},
      {SAME, COMMITTED_OFFSET, NO_EPOCH, 15L, NO_EPOCH, ""},
      {SAME, COMMITTED_OFFSET, NO_EPOCH, -1L, NO_EPOCH, ""},
      {SAME, EARLIEST_OFFSET, NO_EPOCH, 15L, 7, ""},
      {SAME, LATEST_OFFSET, NO_EPOCH, 15L, 7, ""},
    };
  }

  @ParameterizedTest
  @MethodSource("compared")
  void comparesWhatIsKnownOfThePosition(
      String id, long position, int epoch, long committed, int committedEpoch, String expected) {
    var split = new IdentifiedSplit(new TopicPartition("t", 0), position, SAME, epoch);
    var range = new TopicNow.Range(10, 20, committed, committedEpoch, 9, null);

    assertThat(
            Beginning.comparable(split, new TopicNow(id, Map.of(0, range)))
                .map(found -> found.offset() + " in " + found.leaderEpoch().orElseThrow())
                .orElse(""))
        .isEqualTo(expected);
  }

  static Object[][] known() {
    return new Object[][] {
      // position, epoch, group's offset and its epoch, where the records are others, what is known
      {15L, 7, -1L, NO_EPOCH, null, 7},
      {15L, NO_EPOCH, -1L, NO_EPOCH, null, 9},
      {10L, 7, -1L, NO_EPOCH, null, 9},
      {4L, 7, -1L, NO_EPOCH, null, 9},
      {25L, NO_EPOCH, -1L, NO_EPOCH, null, 9},
      {15L, 7, -1L, NO_EPOCH, new Divergence(12, 3), 3},
      {15L, 7, -1L, NO_EPOCH, LostEnds.UNKNOWN, 9},
      {COMMITTED_OFFSET, NO_EPOCH, 15L, 7, null, 7},
      {COMMITTED_OFFSET, NO_EPOCH, 15L, NO_EPOCH, null, 9},
      {COMMITTED_OFFSET, NO_EPOCH, -1L, NO_EPOCH, null, 9},
      {LATEST_OFFSET, NO_EPOCH, -1L, NO_EPOCH, null, 9},
    };
  }

  @ParameterizedTest
  @MethodSource("known")
  void knowsAnEpochOfItsBeginningBeforeItReads(
      long position, int epoch, long committed, int committedEpoch, Divergence lost, int known) {
    var split = new IdentifiedSplit(new TopicPartition("t", 0), position, SAME, epoch);
    var range = new TopicNow.Range(10, 20, committed, committedEpoch, 9, lost);
    var now = new TopicNow(SAME, Map.of(0, range));

    assertThat(Beginning.epoch(split, now, Beginning.of(split, now, EARLIEST))).isEqualTo(known);
  }

  static Arguments[] positions() {
    return new Arguments[] {Arguments.of(3L), Arguments.of(EARLIEST_OFFSET)};
  }

  @ParameterizedTest
  @MethodSource("positions")
  void aPartitionThatIsNotThereIsMissing(long position) {
    var split = new IdentifiedSplit(new TopicPartition("t", 1), position, SAME);
    var now = new TopicNow(SAME, Map.of(0, new TopicNow.Range(10, 20, -1)));

    assertThat(Beginning.of(split, now, EARLIEST)).isEqualTo(new Missing());
  }
}
