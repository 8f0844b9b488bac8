package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Runs random schedules from seeds that follow each other. More of them: {@code
 * -Danabranch.simulation.schedules=100000}; others: {@code -Danabranch.simulation.seed=7}.
 */
class SimulationTest {

  @Test
  void everyRegionShowsTheSameWhateverHappensToTheNetwork() {
    var count = Integer.getInteger("anabranch.simulation.schedules", 300);
    long first = Long.getLong("anabranch.simulation.seed", System.nanoTime());

    var started = System.nanoTime();
    assertThat(Simulation.run(first, count)).isEmpty();
    System.out.printf(
        "%d schedules from seed %d in %d ms%n",
        count, first, (System.nanoTime() - started) / 1_000_000);
  }
}
