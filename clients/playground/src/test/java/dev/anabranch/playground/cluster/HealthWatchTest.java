package dev.anabranch.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.playground.cluster.HealthWatch.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Looks at one job in the order in which a person would, a second apart unless said otherwise. */
class HealthWatchTest {

  private final HealthWatch watch = new HealthWatch(Duration.ofSeconds(5));
  private long second;

  @Test
  void healthyIsOneThatRunsForAWhileAndHasACheckpoint() {
    assertThat(look(false, 0, 0)).isEqualTo(Verdict.UNDECIDED);
    for (var i = 0; i < 5; i++) {
      assertThat(look(true, 0, i)).isEqualTo(Verdict.UNDECIDED);
    }
    assertThat(look(true, 0, 5)).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void withoutACheckpointItIsNot() {
    for (var i = 0; i < 60; i++) {
      assertThat(look(true, 0, 0)).isEqualTo(Verdict.UNDECIDED);
    }
    assertThat(look(true, 0, 1)).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void afterAFailureItHasToRunAndToCompleteACheckpointAgain() {
    look(true, 0, 3);
    second += 5;
    assertThat(look(true, 1, 3)).as("a failure too short to be seen").isEqualTo(Verdict.UNDECIDED);
    second += 5;
    assertThat(look(true, 1, 3)).as("no new checkpoint").isEqualTo(Verdict.UNDECIDED);
    assertThat(look(true, 1, 4)).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void tasksThatAreGoneForAMomentStartTheWaitAnew() {
    look(true, 0, 1);
    second += 4;
    look(false, 0, 1);
    assertThat(look(true, 0, 2)).isEqualTo(Verdict.UNDECIDED);
    second += 4;
    assertThat(look(true, 0, 3)).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void theThirdFailureIsTheEndAlsoIfItCompletesCheckpoints() {
    assertThat(look(true, 1, 2)).isEqualTo(Verdict.UNDECIDED);
    assertThat(look(true, 2, 4)).isEqualTo(Verdict.UNDECIDED);
    assertThat(look(true, 3, 6)).isEqualTo(Verdict.FAILING);
  }

  @Test
  void oneThatFlinkHasGivenUpIsNotWaitedFor() {
    assertThat(watch.look(new FlinkRest.Health("FAILED", false, 2, 1, 0), 0))
        .isEqualTo(Verdict.FAILING);
  }

  @Test
  void withoutARequiredTimeRunningAndACheckpointAreEnough() {
    var atOnce = new HealthWatch(Duration.ZERO);

    assertThat(atOnce.look(health(true, 0, 0), 0)).isEqualTo(Verdict.UNDECIDED);
    assertThat(atOnce.look(health(true, 0, 1), 1)).isEqualTo(Verdict.HEALTHY);
  }

  private Verdict look(boolean running, long failures, long checkpoints) {
    return watch.look(
        health(running, failures, checkpoints), Duration.ofSeconds(second++).toNanos());
  }

  private static FlinkRest.Health health(boolean running, long failures, long checkpoints) {
    return new FlinkRest.Health(
        running ? "RUNNING" : "RESTARTING", running, 2, failures, checkpoints);
  }
}
