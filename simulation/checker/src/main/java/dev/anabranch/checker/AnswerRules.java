package dev.anabranch.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what was told with what was sent, with what is stored, and with what was told before.
 */
final class AnswerRules {

  private final Run run;
  private final List<Finding> findings;
  private final Map<String, Fact.Stored> rows = new HashMap<>();

  AnswerRules(Run run, List<Finding> findings) {
    this.run = run;
    this.findings = findings;
  }

  void check() {
    oneRowEach();
    if (!run.isRefused && !run.hasForgotten) {
      everyCallIsAnswered();
    }
    toldIsStored();
    if (!run.hasLost) {
      // Where a row or the mark of an answer was lost before the topic had it, nobody can know that
      // it was given: the command is decided again.
      toldStays();
      errorsAreFinal();
    }
    if (run.refusedForNothing) {
      find(Rule.REFUSES_FOR_A_REASON, "it refused to go on, and its store has lost nothing");
    }
    if (run.wentOnAfterRefusal) {
      find(Rule.STAYS_REFUSED, "it was started again and goes on, though nobody accepted the loss");
    }
  }

  private void oneRowEach() {
    for (var shard : run.stored.values()) {
      for (var row : shard.values()) {
        var other = rows.putIfAbsent(Run.key(row.aggregate(), row.command()), row);
        if (other != null) {
          find(
              Rule.ONE_OUTCOME,
              row.command()
                  + " of "
                  + row.aggregate()
                  + " has rows "
                  + other.place()
                  + " and "
                  + row.place());
        }
      }
    }
  }

  private void everyCallIsAnswered() {
    var answered = new HashSet<String>();
    run.told.forEach(told -> answered.add(told.call()));
    Set<String> missed = new HashSet<>();
    for (var sent : run.acknowledged) {
      if (!answered.contains(sent.call()) && missed.add(sent.call())) {
        find(
            Rule.ANSWERED,
            "call "
                + sent.call()
                + " ("
                + sent.command()
                + " of "
                + sent.aggregate()
                + ", at "
                + sent.place()
                + ") got no answer");
      }
    }
  }

  /** The first answer with a row counts; answers without one may come before it, never after. */
  private void toldStays() {
    var first = new LinkedHashMap<String, Fact.Told>();
    for (var told : run.told) {
      if (told.command().isEmpty()) {
        continue;
      }
      var key = Run.key(told.aggregate(), told.command());
      var before = first.get(key);
      if (before == null) {
        if (!told.row().isEmpty()) {
          first.put(key, told);
        }
      } else if (differ(told, before)) {
        find(
            Rule.TOLD_STAYS,
            told.command()
                + " of "
                + told.aggregate()
                + " was told "
                + text(before)
                + " and later "
                + text(told));
      }
    }
  }

  private static boolean differ(Fact.Told one, Fact.Told other) {
    return !one.row().equals(other.row())
        || !one.status().equals(other.status())
        || !one.outcome().equals(other.outcome());
  }

  private void toldIsStored() {
    for (var told : run.told) {
      if (told.row().isEmpty()) {
        continue;
      }
      var row = run.byPlace.get(told.row());
      if (row == null) {
        if (run.mustBeMissed(told.row(), told.command())) {
          find(Rule.DURABLE, told.command() + " was told " + text(told) + ", which is not stored");
        }
      } else if (!row.command().equals(told.command())
          || !row.aggregate().equals(told.aggregate())) {
        if (run.wasWarned(row, told.command())) {
          find(
              run.hasLost ? Rule.DURABLE : Rule.ONE_OUTCOME,
              told.command()
                  + " of "
                  + told.aggregate()
                  + " was told "
                  + text(told)
                  + ", where the store has "
                  + row.command()
                  + " of "
                  + row.aggregate());
        }
      } else if (!row.kind().equals(told.status()) && !run.hasLost) {
        find(
            Rule.ONE_OUTCOME,
            told.command() + " was told " + text(told) + ", its row is " + row.kind());
      }
    }
  }

  private void errorsAreFinal() {
    for (var told : run.told) {
      var key = Run.key(told.aggregate(), told.command());
      var row = rows.get(key);
      if (told.row().isEmpty() && row != null && run.isErrorFinal(key)) {
        find(
            Rule.ERROR_IS_FINAL,
            told.command()
                + " of "
                + told.aggregate()
                + " was told "
                + text(told)
                + " and has row "
                + row.place());
      }
    }
  }

  private static String text(Fact.Told told) {
    return told.status()
        + " ("
        + told.outcome()
        + (told.row().isEmpty() ? ", without a row" : ", row " + told.row())
        + ") to "
        + told.call();
  }

  private void find(Rule rule, String what) {
    findings.add(new Finding(rule, what));
  }
}
