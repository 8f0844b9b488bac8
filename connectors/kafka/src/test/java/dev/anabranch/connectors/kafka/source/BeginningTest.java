package dev.anabranch.connectors.kafka.source;

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
import dev.anabranch.connectors.kafka.source.Beginning.Missing;
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
