package dev.anabranch.playground.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClimbTest {

  private static final long SOON = Climb.SOON_MICROS;
  private static final long LATE = Climb.SOON_MICROS + 1;

  private final Climb climb = new Climb(500);

  @Test
  void beginsSlowly() {
    assertThat(climb.perSecond()).isEqualTo(20);
    assertThat(climb.isWarm()).isFalse();
  }

  @Test
  void climbsToTheRateThatWasAskedForAndNoFurther() {
    intervals(10, SOON);

    assertThat(climb.perSecond()).isEqualTo(500);
    assertThat(climb.isWarm()).isTrue();
  }

  @Test
  void slowsDownWhileAnswersComeLateButNeverStops() {
    intervals(10, SOON);
    intervals(1, LATE);
    assertThat(climb.perSecond()).isEqualTo(300);

    intervals(20, LATE);
    assertThat(climb.perSecond()).isEqualTo(20);
    assertThat(climb.isWarm()).isFalse();
  }

  @Test
  void anIntervalWithoutAnswersIsLate() {
    intervals(3, SOON);
    climb.interval(0, 0);

    intervals(3, SOON);
    assertThat(climb.isWarm()).isFalse();
    intervals(1, SOON);
    assertThat(climb.isWarm()).isTrue();
  }

  @Test
  void aRateBelowTheFirstOneIsKept() {
    var slow = new Climb(3);
    slow.interval(1, LATE);
    assertThat(slow.perSecond()).isEqualTo(3);
    for (var i = 0; i < 4; i++) {
      slow.interval(1, SOON);
    }
    assertThat(slow.perSecond()).isEqualTo(3);
    assertThat(slow.isWarm()).isTrue();
  }

  private void intervals(int count, long p50Micros) {
    for (var i = 0; i < count; i++) {
      climb.interval(7, p50Micros);
    }
  }
}
