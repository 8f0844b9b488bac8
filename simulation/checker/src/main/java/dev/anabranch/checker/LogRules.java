package dev.anabranch.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at the rows alone: offsets, versions, and what each decision saw. */
final class LogRules {

  private final Run run;
  private final List<Finding> findings;
  private final Map<String, Long> versions = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, String> folds = new HashMap<>();

  /** By aggregate, each fold that it has ever had. */
  private final Map<String, Set<String>> passed = new HashMap<>();

  LogRules(Run run, List<Finding> findings) {
    this.run = run;
    this.findings = findings;
  }

  void check() {
    for (var shard : run.stored.values()) {
      var next = 0L;
      for (var row : shard.values()) {
        if (row.offset() != next) {
          find(Rule.NO_GAP, row, "where offset " + next + " belongs");
        }
        next = row.offset() + 1;
        check(row);
      }
    }
    if (!run.hasLost) {
      run.told.forEach(this::check);
    }
  }

  /** An answer without a row: what it was decided on must have been there. */
  private void check(Fact.Told told) {
    var known = passed.getOrDefault(told.aggregate(), Set.of());
    if (told.row().isEmpty()
        && !told.saw().isEmpty()
        && !told.saw().equals(Fold.NOTHING)
        && !known.contains(told.saw())) {
      findings.add(
          new Finding(
              Rule.DECIDED_ON_THE_FOLD,
              "the answer to "
                  + told.call()
                  + " ("
                  + told.command()
                  + " of "
                  + told.aggregate()
                  + ") saw "
                  + told.saw()
                  + ", which is no fold of its rows"));
    }
  }

  private void check(Fact.Stored row) {
    var number = run.number(Run.key(row.aggregate(), row.command()));
    if (number >= 0 && !run.hasLost) {
      var before = numbers.getOrDefault(row.aggregate(), -1);
      if (number < before) {
        find(Rule.IN_ORDER, row, "stands behind one that was sent later");
      }
      numbers.put(row.aggregate(), number);
    }
    var version = versions.getOrDefault(row.aggregate(), 0L);
    var fold = folds.getOrDefault(row.aggregate(), Fold.NOTHING);
    if (!row.saw().isEmpty() && !row.saw().equals(fold)) {
      find(Rule.DECIDED_ON_THE_FOLD, row, "saw " + row.saw() + ", the fold before it is " + fold);
    }
    if (!row.kind().equals("accepted")) {
      if (row.version() != version) {
        find(
            Rule.DECIDED_ON_THE_FOLD,
            row,
            "decided on version " + row.version() + " at " + version);
      }
      return;
    }
    if (row.version() != version + 1) {
      find(Rule.SERIAL, row, "has version " + row.version() + " after " + version);
    }
    versions.put(row.aggregate(), row.version());
    var after = fold;
    for (var event : row.events()) {
      after = Fold.next(after, event);
    }
    folds.put(row.aggregate(), after);
    passed.computeIfAbsent(row.aggregate(), a -> new HashSet<>()).add(after);
  }

  private void find(Rule rule, Fact.Stored row, String what) {
    findings.add(
        new Finding(
            rule,
            "row " + row.place() + " of " + row.command() + " of " + row.aggregate() + " " + what));
  }
}
