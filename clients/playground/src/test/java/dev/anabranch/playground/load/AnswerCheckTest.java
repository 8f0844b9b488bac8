package dev.anabranch.playground.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.message.ReplyStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way in which answers can be wrong is noticed, and answers in any order are fine. */
class AnswerCheckTest {

  private final AnswerCheck check = new AnswerCheck("Account/1");

  @BeforeEach
  void threeCommandsAnsweredInAnotherOrder() {
    check.answered(step(2, -30), accepted(3, 70));
    check.answered(step(0, 0), accepted(1, -1));
    check.answered(step(1, 100), accepted(2, 100));
  }

  @Test
  void answersThatFitInAnyOrderAreFine() {
    check.answered(step(3, -80), rejected(3));
    check.answered(step(4, 5), accepted(4, 75));

    assertThat(check.problems()).isEmpty();
  }

  @Test
  void aRepeatMustHaveTheFirstAnswer() {
    check.answered(repeat(1, 100), accepted(2, 100));
    assertThat(check.problems()).isEmpty();

    check.answered(repeat(1, 100), accepted(4, 170));
    assertThat(check.problems()).singleElement().asString().contains("command 1");
  }

  @Test
  void aVersionTwiceIsAFork() {
    check.answered(step(3, 1), accepted(3, 101));

    assertThat(check.problems()).singleElement().asString().contains("second time");
  }

  @Test
  void aMissingVersionIsALostAnswerUnlessOneIsKnownToBeMissing() {
    check.answered(step(3, 1), accepted(5, 72));
    assertThat(check.problems()).singleElement().asString().contains("version 4");

    check.unanswered();
    assertThat(check.problems()).isEmpty();
  }

  @Test
  void aTotalThatIsNotTheSumIsWrong() {
    check.answered(step(3, 1), accepted(4, 72));

    assertThat(check.problems()).singleElement().asString().contains("71").contains("72");
  }

  @Test
  void takingMoreThanThereIsMustNotBeAccepted() {
    check.answered(step(3, -71), accepted(4, -1));

    assertThat(check.problems()).singleElement().asString().contains("fell to -1");
  }

  @Test
  void aRejectionWithoutReasonIsWrong() {
    check.answered(step(3, -70), rejected(3));

    assertThat(check.problems()).singleElement().asString().contains("was rejected");
  }

  @Test
  void anErrorIsNoOutcome() {
    check.answered(step(3, 1), new Answer(ReplyStatus.ERROR, "poison", 0, -1));

    assertThat(check.problems()).singleElement().asString().contains("poison");
  }

  private static Step step(int number, int change) {
    return new Step(1, number, change, false);
  }

  private static Step repeat(int number, int change) {
    return new Step(1, number, change, true);
  }

  private static Answer accepted(long version, long total) {
    return new Answer(ReplyStatus.ACCEPTED, "", version, total);
  }

  private static Answer rejected(long version) {
    return new Answer(ReplyStatus.REJECTED, "insufficient-funds", version, -1);
  }
}
