package dev.anabranch.simulation;

import dev.anabranch.checker.Rule;
import dev.anabranch.simulation.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Leaves steps out of a run that breaks a rule, for as long as it breaks the same rule. */
final class Shrinking {

  private static final int MAX_RUNS = 400;

  private Shrinking() {}

  static Outcome shrink(Outcome failing) {
    var rule = failing.findings().get(0).rule();
    var smallest = failing;
    var runs = 0;
    for (var chunk = Math.max(1, failing.steps().size() / 2); chunk >= 1; chunk /= 2) {
      var at = 0;
      while (at < smallest.steps().size() && runs < MAX_RUNS) {
        runs++;
        var tried = Simulation.run(failing.seed(), without(smallest.steps(), at, chunk));
        if (breaks(tried, rule)) {
          smallest = tried;
        } else {
          at += chunk;
        }
      }
    }
    return smallest;
  }

  private static boolean breaks(Outcome outcome, Rule rule) {
    return outcome.findings().stream().anyMatch(finding -> finding.rule() == rule);
  }

  private static List<RegionStep> without(List<RegionStep> steps, int at, int chunk) {
    var left = new ArrayList<>(steps.subList(0, at));
    left.addAll(steps.subList(Math.min(steps.size(), at + chunk), steps.size()));
    return left;
  }
}
