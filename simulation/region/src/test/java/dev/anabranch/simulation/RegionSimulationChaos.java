package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.checker.RecordText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Fresh schedules, as many as the property says:
 *
 * <pre>mvn -B -ntp -P long -pl simulation/region -am test-compile failsafe:integration-test@long \
 *   failsafe:verify@long -Dit.test=RegionSimulationChaos \
 *   -Danabranch.simulation.schedules=100000 -Danabranch.simulation.seed=1</pre>
 */
class RegionSimulationChaos {

  private static final Path RECORDS = Path.of("target/simulation");
  private static final int SCHEDULES = Integer.getInteger("anabranch.simulation.schedules", 5_000);
  private static final int THREADS =
      Integer.getInteger(
          "anabranch.simulation.threads", Runtime.getRuntime().availableProcessors());

  @Test
  void noFreshScheduleBreaksARule() throws Exception {
    var seed =
        Long.getLong("anabranch.simulation.seed", new SecureRandom().nextInt() & 0xffffffffL);
    var began = System.nanoTime();
    var failures = new ArrayList<String>();
    var threads = Executors.newFixedThreadPool(THREADS);
    try {
      var parts =
          IntStream.range(0, THREADS)
              .<Callable<String>>mapToObj(
                  part -> () -> firstFailure(seed + begin(part), seed + begin(part + 1)))
              .toList();
      for (var part : threads.invokeAll(parts)) {
        failures.add(part.get());
      }
    } finally {
      threads.shutdownNow();
    }
    System.out.printf(
        Locale.ROOT,
        "%d schedules from seed %d on, %.0f a minute%n",
        SCHEDULES,
        seed,
        SCHEDULES * 60e9 / (System.nanoTime() - began));
    assertThat(failures).allMatch(String::isEmpty);
  }

  /** How many schedules the threads before this one run; all threads together run all schedules. */
  private static long begin(int part) {
    return (long) part * SCHEDULES / THREADS;
  }

  /** The story of the first one that fails, shrunk; the record of all that it did is kept. */
  private static String firstFailure(long firstSeed, long endSeed) throws IOException {
    for (var seed = firstSeed; seed < endSeed; seed++) {
      var outcome = Simulation.run(seed);
      if (!outcome.findings().isEmpty()) {
        Files.createDirectories(RECORDS);
        RecordText.write(outcome.record(), RECORDS.resolve(seed + ".record"));
        return String.valueOf(Simulation.failure(seed));
      }
    }
    return "";
  }
}
