package dev.anabranch.checker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks at the raw records of the events topic, and compares them with the store. */
final class TopicRules {

  private final Run run;
  private final List<Finding> findings;

  /** Prints of the rows of a shard that were published, by offset. */
  private final Map<Integer, Map<Long, String>> prints = new HashMap<>();

  TopicRules(Run run, List<Finding> findings) {
    this.run = run;
    this.findings = findings;
  }

  void check() {
    for (var record : run.published) {
      check(record);
    }
    if (!run.isRefused) {
      everythingIsPublished();
    }
  }

  private void check(Fact.Published record) {
    var place = record.place();
    var row = run.byPlace.get(place);
    var ofShard = prints.computeIfAbsent(record.shard(), s -> new HashMap<>());
    var before = ofShard.putIfAbsent(record.offset(), record.print());
    if (before == null) {
      // First appearances come in order and leave nothing out, so their number is the next offset.
      if (record.offset() != ofShard.size() - 1) {
        find(
            Rule.PUBLISHED_IN_ORDER,
            "row " + place + " came first where " + (ofShard.size() - 1) + " belongs");
      }
    } else if (!before.equals(record.print()) && !run.hasLost) {
      find(Rule.REPEATED_IDENTICALLY, "row " + place + " came again otherwise");
    }
    if (row == null) {
      if (run.mustBeMissed(place, record.command())) {
        find(Rule.DURABLE, "row " + place + " was published and is not stored");
      }
    } else if (!row.print().equals(record.print()) && run.wasWarned(row, record.command())) {
      find(Rule.DURABLE, "row " + place + " is stored otherwise than it was published");
    }
  }

  /**
   * A row that no client asked for, at the end of its shard, waits for the next one. It came from
   * an attempt that died, behind what its successor has read; nobody misses it.
   */
  private void everythingIsPublished() {
    for (var shard : run.stored.entrySet()) {
      var published = prints.getOrDefault(shard.getKey(), Map.of());
      for (var row : shard.getValue().values()) {
        var mayWait =
            row.offset() >= published.size()
                && !run.wasSent(Run.key(row.aggregate(), row.command()));
        if (!published.containsKey(row.offset()) && !mayWait) {
          find(Rule.PUBLISHED, "row " + row.place() + " of " + row.command() + " is not published");
        }
      }
    }
  }

  private void find(Rule rule, String what) {
    findings.add(new Finding(rule, what));
  }
}
