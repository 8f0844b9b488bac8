package dev.anabranch.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The facts of a record, sorted for the rules. */
final class Run {

  final List<Fact.Acknowledged> acknowledged = new ArrayList<>();
  final List<Fact.Told> told = new ArrayList<>();
  final List<Fact.Published> published = new ArrayList<>();

  /** Rows by shard and offset. */
  final TreeMap<Integer, TreeMap<Long, Fact.Stored>> stored = new TreeMap<>();

  final Map<String, Fact.Stored> byPlace = new HashMap<>();
  boolean isRefused;
  boolean hasLost;
  boolean refusedForNothing;

  private Run() {}

  static Run of(List<Fact> record) {
    var run = new Run();
    record.forEach(run::add);
    return run;
  }

  private void add(Fact fact) {
    if (fact instanceof Fact.Acknowledged each) {
      acknowledged.add(each);
    } else if (fact instanceof Fact.Told each) {
      told.add(each);
    } else if (fact instanceof Fact.Published each) {
      published.add(each);
    } else if (fact instanceof Fact.Stored each) {
      stored.computeIfAbsent(each.shard(), s -> new TreeMap<>()).put(each.offset(), each);
      byPlace.put(each.place(), each);
    } else if (fact instanceof Fact.Refused) {
      isRefused = true;
      if (!hasLost) {
        refusedForNothing = true;
      }
    } else if (fact instanceof Fact.StoreLost) {
      hasLost = true;
    }
  }

  static String key(String aggregate, String command) {
    return aggregate + " " + command;
  }
}
