package dev.anabranch.simulation;

import dev.anabranch.checker.Fact;
import dev.anabranch.simulation.Simulation.Outcome;
import java.util.Locale;

/** A run as a text that a person can follow: who did what, and when. */
final class RunStory {

  private RunStory() {}

  static String of(Outcome outcome) {
    var text = new StringBuilder();
    text.append("seed ").append(outcome.seed()).append(" breaks\n");
    outcome.findings().stream()
        .limit(5)
        .forEach(finding -> text.append("  ").append(finding).append('\n'));
    text.append(Swarm.of(outcome.seed())).append("\n\nWhat happened:\n");
    for (var fact : outcome.record()) {
      text.append(line(fact));
    }
    return text.append("\nAs a test:\n  assertThat(Simulation.replay(")
        .append(outcome.seed())
        .append("L, \"\"\"\n")
        .append(RegionStep.allAsText(outcome.steps()).indent(6))
        .append("      \"\"\")).isEmpty();\n")
        .toString();
  }

  private static String line(Fact fact) {
    if (fact instanceof Fact.Acknowledged it) {
      return at(it.at())
          + "Kafka has "
          + it.command()
          + " for "
          + it.aggregate()
          + " of call "
          + it.call()
          + " at "
          + it.place()
          + "\n";
    } else if (fact instanceof Fact.Told it) {
      return at(it.at())
          + it.call()
          + " is told "
          + it.status()
          + " "
          + it.outcome()
          + (it.row().isEmpty() ? ", without a row" : ", row " + it.row())
          + "\n";
    } else if (fact instanceof Fact.Published it) {
      return at(it.at())
          + "row "
          + it.shard()
          + "@"
          + it.offset()
          + " of "
          + it.command()
          + " is published\n";
    } else if (fact instanceof Fact.Note it) {
      return at(it.at()) + it.text() + "\n";
    } else if (fact instanceof Fact.Started it) {
      return at(it.at()) + it.attempt() + " begins\n";
    } else if (fact instanceof Fact.StoreLost it) {
      return at(it.at()) + it.what() + "\n";
    } else if (fact instanceof Fact.Refused it) {
      return at(it.at()) + "the region refuses to go on: " + it.why() + "\n";
    } else if (fact instanceof Fact.FaultsEnded it) {
      return at(it.at()) + "all faults are over\n";
    } else if (fact instanceof Fact.Stored it) {
      return "stored: "
          + it.shard()
          + "@"
          + it.offset()
          + " "
          + it.command()
          + " of "
          + it.aggregate()
          + " "
          + it.kind()
          + " "
          + it.version()
          + "\n";
    }
    return "";
  }

  private static String at(long micros) {
    return String.format(Locale.ROOT, "%10.3f ms  ", micros / 1_000.0);
  }
}
