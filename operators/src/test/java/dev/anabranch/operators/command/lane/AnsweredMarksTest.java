package dev.anabranch.operators.command.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.task.StoreContradictionException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AnsweredMarksTest {

  /** Name and id. */
  private static final String TOPIC = "000a" + "636f6d6d616e64732e61" + "0001" + "78";

  private final AnsweredMarks marks = new AnsweredMarks();

  @Test
  void theMarkStandsAtTheLowestRecordWithoutAnswerOrBehindTheLastThatCame() {
    marks.saw(at(0, 7, "x"));
    marks.saw(at(0, 9, "x"));
    marks.saw(at(5, 3, "x"));
    marks.beginScan();
    marks.unanswered(at(0, 9, "x"));
    assertThat(marks.mayMark(at(0, 7, "x"))).isTrue();
    assertThat(marks.mayMark(at(0, 9, "x"))).isFalse();
    var later = restored(marks.toBytes());

    assertThat(later.answeredBefore(at(0, 8, "x"))).isTrue();
    assertThat(later.answeredBefore(at(0, 9, "x"))).isFalse();
    assertThat(later.answeredBefore(at(5, 3, "x"))).isTrue();
    assertThat(later.answeredBefore(at(5, 4, "x"))).isFalse();
    assertThat(later.answeredBefore(at(4, 0, "x"))).isFalse();
    assertThat(later.answeredBefore(at(99, 0, "x"))).isFalse();
  }

  /** They stand in databases: the bytes are for ever. */
  @Test
  void marksAreWrittenAndReadAsTheFirstReleaseThatHadThem() {
    marks.saw(at(0, 8, "x"));
    marks.saw(at(5, 3, "x"));
    marks.beginScan();
    var stored =
        "01"
            + "00000001" // topics
            + "000a636f6d6d616e64732e61" // commands.a
            + "000178" // its id
            + "00000002" // partitions
            + "00000000"
            + "0000000000000009"
            + "00000005"
            + "0000000000000004";

    assertThat(HexFormat.of().formatHex(marks.toBytes())).isEqualTo(stored);
    var later = restored(HexFormat.of().parseHex(stored));
    assertThat(later.answeredBefore(at(0, 8, "x"))).isTrue();
    assertThat(later.answeredBefore(at(5, 4, "x"))).isFalse();
  }

  @Test
  void whatComesInThisAttemptDoesNotCountAsAnsweredBefore() {
    marks.saw(at(0, 7, "x"));
    marks.beginScan();
    marks.toBytes();
    marks.recorded();

    assertThat(marks.isDurable(at(0, 7, "x"))).isTrue();
    assertThat(marks.answeredBefore(at(0, 7, "x"))).isFalse();
  }

  @Test
  void marksOfAnEarlierAttemptAreNeverTakenBack() {
    marks.saw(at(0, 7, "x"));
    marks.beginScan();
    var later = restored(marks.toBytes());
    later.saw(at(0, 2, "x"));
    later.beginScan();
    later.unanswered(at(0, 2, "x"));

    assertThat(restored(later.toBytes()).answeredBefore(at(0, 7, "x"))).isTrue();
  }

  @Test
  void aTopicThatWasMadeAnewHasNoMarks() {
    marks.saw(at(0, 7, "x"));
    marks.beginScan();
    var later = restored(marks.toBytes());

    assertThat(later.answeredBefore(at(0, 3, "y"))).isFalse();
    later.saw(at(0, 3, "y"));
    later.beginScan();
    var last = restored(later.toBytes());
    assertThat(last.answeredBefore(at(0, 3, "y"))).isTrue();
    assertThat(last.answeredBefore(at(0, 4, "y"))).isFalse();
  }

  @Test
  void aRecordAtAnOffsetThatAnotherHadBeforeThePartitionLostItIsNew() {
    for (var offset = 0; offset < 500; offset++) {
      marks.saw(at(0, offset, "x", 5));
    }
    marks.beginScan();
    var later = restored(marks.toBytes());

    // It was cut at 100, and has a new leader.
    assertThat(later.answeredBefore(at(0, 99, "x", 5))).isTrue();
    assertThat(later.answeredBefore(at(0, 100, "x", 6))).isFalse();
    assertThat(later.answeredBefore(at(0, 499, "x", 6))).isFalse();
    assertThat(later.isDurable(at(0, 100, "x", 6))).isFalse();
    assertThat(later.answeredBefore(at(0, 100, "x"))).as("of a leader not known").isTrue();

    // The marks of this attempt are of what it saw, not of what is gone.
    for (var offset = 0; offset < 130; offset++) {
      later.saw(at(0, offset, "x", offset < 100 ? 5 : 6));
    }
    later.beginScan();
    var bytes = later.toBytes();
    later.recorded();
    assertThat(later.isDurable(at(0, 129, "x", 6))).isTrue();
    assertThat(later.isDurable(at(0, 130, "x", 6))).isFalse();
    later.saw(at(0, 130, "x", 6));
    later.beginScan();
    later.unanswered(at(0, 130, "x", 6));
    assertThat(later.toBytes()).as("nothing more is answered").isEqualTo(bytes);
    var last = restored(bytes);
    assertThat(last.answeredBefore(at(0, 99, "x", 5))).isTrue();
    assertThat(last.answeredBefore(at(0, 129, "x", 6))).isTrue();
    assertThat(last.answeredBefore(at(0, 130, "x", 6))).isFalse();
  }

  @Test
  void aNewLeaderOfAPartitionThatLostNothingChangesNoMark() {
    marks.saw(at(0, 7, "x", 5));
    marks.saw(at(0, 8, "x", 6));
    marks.beginScan();
    marks.unanswered(at(0, 8, "x", 6));
    var later = restored(marks.toBytes());

    assertThat(later.answeredBefore(at(0, 7, "x", 5))).isTrue();
    assertThat(later.answeredBefore(at(0, 8, "x", 6))).isFalse();
    later.saw(at(0, 7, "x", 5));
    later.saw(at(0, 8, "x", 6));
    later.saw(at(0, 9, "x", 7));
    later.beginScan();
    var last = restored(later.toBytes());
    assertThat(last.answeredBefore(at(0, 9, "x", 7))).isTrue();
  }

  @Test
  void epochsStandBehindWhatOlderReleasesRead() {
    marks.saw(at(0, 7, "x"));
    marks.beginScan();
    var without = HexFormat.of().formatHex(marks.toBytes());
    var later = new AnsweredMarks();
    later.saw(at(0, 7, "x", 5));
    later.beginScan();

    assertThat(without)
        .isEqualTo("01" + "00000001" + TOPIC + "00000001" + "00000000" + "0000000000000008");
    assertThat(HexFormat.of().formatHex(later.toBytes()))
        .isEqualTo(without + TOPIC + "00000001" + "00000000" + "00000006");
  }

  @Test
  void marksWithoutEpochsAreReadAsBefore() {
    marks.saw(at(0, 7, "x"));
    marks.beginScan();
    var later = restored(marks.toBytes());

    assertThat(later.answeredBefore(at(0, 7, "x", 9))).isTrue();
  }

  @Test
  void aTopicWhoseIdWasNotKnownIsTakenForTheSame() {
    marks.saw(at(0, 7, ""));
    marks.beginScan();
    var later = restored(marks.toBytes());

    assertThat(later.answeredBefore(at(0, 7, "x"))).isTrue();
  }

  @Test
  void marksOfANewerReleaseAreRefused() {
    assertThatThrownBy(() -> marks.restore(new byte[] {9}))
        .isInstanceOf(StoreContradictionException.class)
        .hasMessageContaining("format 9");
  }

  private static AnsweredMarks restored(byte[] stored) {
    var restored = new AnsweredMarks();
    restored.restore(stored);
    return restored;
  }

  private static SourcePosition at(int partition, long offset, String topicId) {
    return new SourcePosition("commands.a", partition, offset, 0, topicId);
  }

  private static SourcePosition at(int partition, long offset, String topicId, int epoch) {
    return new SourcePosition("commands.a", partition, offset, 0, topicId, epoch);
  }
}
