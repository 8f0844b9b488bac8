package dev.anabranch.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares what was told with what was sent, with what is stored, and with what was told before. */
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
    if (!run.isRefused) {
      everyCallIsAnswered();
    }
    toldStays();
    toldIsStored();
    if (!run.hasLost) {
      // Where the note of an answer was lost, nobody can know that it was given.
      errorsAreFinal();
    }
    if (run.refusedForNothing) {
      find(Rule.REFUSES_FOR_A_REASON, "it refused to go on, and its store has lost nothing");
    }
  }

  private void oneRowEach() {
    for (var shard : run.stored.values()) {
      for (var row : shard.values()) {
        var other = rows.putIfAbsent(Run.key(row.aggregate(), row.command()), row);
        if (other != null) {
          find(
              Rule.ONE_OUTCOME,
              row.command() + " of " + row.aggregate() + " has rows " + other.place() + " and "
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
            "call " + sent.call() + " (" + sent.command() + " of " + sent.aggregate() + ", at "
                + sent.place() + ") got no answer");
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
      } else if (!told.row().equals(before.row())
          || !told.status().equals(before.status())
          || !told.outcome().equals(before.outcome())) {
        find(
            Rule.TOLD_STAYS,
            told.command() + " of " + told.aggregate() + " was told " + text(before) + " and later "
                + text(told));
      }
    }
  }

  private void toldIsStored() {
    for (var told : run.told) {
      if (told.row().isEmpty()) {
        continue;
      }
      var row = run.byPlace.get(told.row());
      if (row == null) {
        if (!run.isRefused) {
          find(Rule.DURABLE, told.command() + " was told " + text(told) + ", which is not stored");
        }
      } else if (!row.command().equals(told.command())
          || !row.aggregate().equals(told.aggregate())) {
        find(
            run.isRefused ? Rule.DURABLE : Rule.ONE_OUTCOME,
            told.command() + " of " + told.aggregate() + " was told " + text(told)
                + ", where the store has " + row.command() + " of " + row.aggregate());
      } else if (!row.kind().equals(told.status())) {
        find(
            Rule.ONE_OUTCOME,
            told.command() + " was told " + text(told) + ", its row is " + row.kind());
      }
    }
  }

  private void errorsAreFinal() {
    var times = new HashMap<String, Integer>();
    run.acknowledged.forEach(
        sent -> times.merge(Run.key(sent.aggregate(), sent.command()), 1, Integer::sum));
    for (var told : run.told) {
      var key = Run.key(told.aggregate(), told.command());
      var row = rows.get(key);
      if (told.row().isEmpty() && row != null && times.getOrDefault(key, 0) == 1) {
        find(
            Rule.ERROR_IS_FINAL,
            told.command() + " of " + told.aggregate() + " was told " + text(told)
                + " and has row " + row.place());
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
