package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.SourcePosition;
import org.junit.jupiter.api.Test;

class AnsweredMarksTest {

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
}
