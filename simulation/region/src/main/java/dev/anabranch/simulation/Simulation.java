package dev.anabranch.simulation;

import dev.anabranch.checker.Checker;
import dev.anabranch.checker.Fact;
import dev.anabranch.checker.Finding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One seed, one run: bit for bit, on any machine.
 *
 * <p><b>Threads.</b> Several runs at a time are possible; each has its own.
 */
public final class Simulation {

  private Simulation() {}

  /**
   * What came of a run.
   *
   * @param record all that was observed
   * @param findings empty: every rule was kept
   * @param switches handovers from one thread to another
   */
  public record Outcome(
      long seed, List<RegionStep> steps, List<Fact> record, List<Finding> findings, long switches) {

    /** A value that differs if anything that was observed differs. */
    public int print() {
      return record.toString().hashCode();
    }
  }

  /** Does what the seed draws. */
  public static Outcome run(long seed) {
    return run(seed, Swarm.of(seed).steps(seed));
  }

  /** Does these steps in the region that the seed draws. */
  public static Outcome run(long seed, List<RegionStep> steps) {
    var region = new SimulatedRegion(seed, Swarm.of(seed), steps);
    var record = region.run();
    return new Outcome(seed, steps, record, Checker.check(record), region.switches());
  }

  /**
   * Runs seeds until one breaks a rule.
   *
   * @return the story of that run, shrunk; empty if all are well
   */
  public static String firstFailure(long firstSeed, int schedules) {
    for (var seed = firstSeed; seed < firstSeed + schedules; seed++) {
      var story = failure(seed);
      if (story != null) {
        return "after " + (seed - firstSeed + 1) + " schedules: " + story;
      }
    }
    return "";
  }

  /**
   * Runs seeds until one breaks a rule, or cannot be run to its end.
   *
   * @return how many schedules it took, and the rule; empty if all are well
   */
  public static String firstFinding(long firstSeed, int schedules) {
    for (var seed = firstSeed; seed < firstSeed + schedules; seed++) {
      var after = seed - firstSeed + 1;
      try {
        var findings = run(seed).findings();
        if (!findings.isEmpty()) {
          return after + " | " + findings.get(0).rule();
        }
      } catch (IllegalStateException e) {
        return after + " | no end";
      }
    }
    return "";
  }

  /** The story of a seed that breaks a rule; null: it breaks none. */
  public static @Nullable String failure(long seed) {
    var outcome = run(seed);
    return outcome.findings().isEmpty() ? null : RunStory.of(Shrinking.shrink(outcome));
  }

  /** What a story prints as a test. */
  public static List<Finding> replay(long seed, String steps) {
    return run(seed, RegionStep.parseAll(steps)).findings();
  }
}
