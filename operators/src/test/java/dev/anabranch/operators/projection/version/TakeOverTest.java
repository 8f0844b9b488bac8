package dev.anabranch.operators.projection.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A version of two shards that another job fills, looked at once a second. */
class TakeOverTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final TakeOver takeOver = new TakeOver(Duration.ofSeconds(3), 0);

  @Test
  void whatStandsStillThoughThereIsSomethingToTakeIsTakenBack() {
    assertThat(look(1, 5, 5, 6)).isFalse();
    assertThat(look(2, 5, 5, 7)).isFalse();
    assertThat(look(3, 5, 5, 8)).isTrue();
  }

  @Test
  void whatMovesIsLeftAlone() {
    for (var second = 1; second < 20; second++) {
      assertThat(look(second, second, 5, 100)).isFalse();
    }
    assertThat(look(20, 19, 5, 100)).isFalse();
    assertThat(look(22, 19, 5, 100)).isTrue();
  }

  @Test
  void whereNothingIsToBeTakenNothingIsLate() {
    for (var second = 1; second < 20; second++) {
      assertThat(look(second, 5, 5, 5)).isFalse();
    }
    assertThat(look(20, 5, 5, 6)).isFalse();
    assertThat(look(22, 5, 5, 6)).isTrue();
  }

  private boolean look(long second, long first, long other, long end) {
    return takeOver.isDue(Map.of(0, first, 1, other), Map.of(0, end, 1, 5L), second * SECOND);
  }
}
