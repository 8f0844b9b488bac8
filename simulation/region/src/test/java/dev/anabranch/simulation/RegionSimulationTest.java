package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same schedules at each build; {@link RegionSimulationChaos} takes fresh ones. */
class RegionSimulationTest {

  private static final int SCHEDULES = 200;

  @Test
  void noScheduleBreaksARule() {
    assertThat(Simulation.firstFailure(1, SCHEDULES)).isEmpty();
  }

  /** One with RocksDB among them. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 50, 77})
  void aSeedIsOneRun(long seed) {
    assertThat(Simulation.run(seed).print()).isEqualTo(Simulation.run(seed).print());
  }
}
