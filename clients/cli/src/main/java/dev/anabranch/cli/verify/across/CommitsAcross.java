package dev.anabranch.cli.verify.across;

import dev.anabranch.cli.verify.CommitDigest;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The commits of one aggregate as several regions have them, and what is wrong about them. */
final class CommitsAcross {

  private final AggregateKey key;
  private final Map<String, Map<String, LogRow>> byRegion = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private long withheld;

  CommitsAcross(AggregateKey key) {
    this.key = key;
  }

  List<String> problems() {
    return problems;
  }

  /** Commits of which some region holds a tombstone only. */
  long withheld() {
    return withheld;
  }

  /**
   * Takes what a region has.
   *
   * @param commits in the order of its log
   */
  void add(String region, List<LogRow> commits) {
    var rows = new TreeMap<String, LogRow>();
    for (var row : commits) {
      var dot = String.valueOf(row.outcome().dot());
      var before = rows.get(dot);
      // A payload that came after its tombstone takes its place, once.
      if (before == null || (isTombstone(before) && !isTombstone(row))) {
        rows.put(dot, row);
      } else {
        problems.add(
            "%s: commit %s is applied twice in %s, by the rows %s and %s"
                .formatted(key, dot, region, before.position(), row.position()));
      }
    }
    byRegion.put(region, rows);
  }

  /** Call it when every region has been added. */
  void compare() {
    var dots = new TreeSet<String>();
    byRegion.values().forEach(rows -> dots.addAll(rows.keySet()));
    dots.forEach(this::compare);
  }

  private void compare(String dot) {
    var missing = new ArrayList<String>();
    LogRow first = null;
    var hollow = false;
    for (var region : byRegion.keySet()) {
      var row = byRegion.getOrDefault(region, Map.of()).get(dot);
      if (row == null) {
        missing.add(region);
      } else if (isTombstone(row)) {
        hollow = true;
      } else if (first == null) {
        first = row;
      } else if (!Arrays.equals(CommitDigest.hash(first), CommitDigest.hash(row))) {
        problems.add(key + ": commit " + dot + " is not the same in " + region);
      }
    }
    if (!missing.isEmpty()) {
      problems.add(key + ": commit " + dot + " is missing in " + String.join(", ", missing));
    }
    withheld += hollow ? 1 : 0;
  }

  private static boolean isTombstone(LogRow row) {
    return row.outcome().kind() == RowKind.TOMBSTONE;
  }
}
