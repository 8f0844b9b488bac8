package dev.anabranch.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The facts of a record, sorted for the rules. */
final class Run {

  final List<Fact.Acknowledged> acknowledged = new ArrayList<>();
  final List<Fact.Told> told = new ArrayList<>();
  final List<Fact.Published> published = new ArrayList<>();

  /** Rows by shard and offset. */
  final TreeMap<Integer, TreeMap<Long, Fact.Stored>> stored = new TreeMap<>();

  final Map<String, Fact.Stored> byPlace = new HashMap<>();

  /** When each attempt began. */
  private final Map<String, Long> starts = new HashMap<>();

  /** When a row of a command was first seen in the topic. */
  private final Map<String, Long> seen = new HashMap<>();

  /** How each command was sent. */
  private final Map<String, Sendings> sendings = new LinkedHashMap<>();

  private long lastStart = -1;
  boolean wentOnAfterRefusal;

  /** Whether it began without a checkpoint, and a note that commands are in one may be lost. */
  boolean hasForgotten;

  boolean isRefused;
  boolean hasLost;
  boolean refusedForNothing;

  private Run() {}

  private static final class Sendings {
    private final int number;
    private final long firstAt;
    private final boolean isStored;
    private final Set<String> calls = new HashSet<>();
    private int times;

    private Sendings(int number, long firstAt, boolean isStored) {
      this.number = number;
      this.isStored = isStored;
      this.firstAt = firstAt;
    }

    private void add(String call) {
      calls.add(call);
      times++;
    }
  }

  /**
   * The place of a command among all that were sent; less than 0: it has none in the log. What is
   * sent again may come later, and so may what was answered without a row and not told before a
   * restart.
   */
  int number(String key) {
    var sent = sendings.get(key);
    return sent == null || sent.times != 1 || !sent.isStored ? -1 : sent.number;
  }

  /** Whether no copy of a command may be decided after an error was told of it. */
  boolean isErrorFinal(String key) {
    var sent = sendings.get(key);
    return sent != null
        && (sent.times == 1 || (sent.calls.size() == 1 && lastStart < sent.firstAt));
  }

  boolean wasSent(String key) {
    return sendings.containsKey(key);
  }

  static Run of(List<Fact> record) {
    var run = new Run();
    record.forEach(run::add);
    return run;
  }

  private void add(Fact fact) {
    if (fact instanceof Fact.Acknowledged each) {
      acknowledged.add(each);
      sendings
          .computeIfAbsent(
              key(each.aggregate(), each.command()),
              k -> new Sendings(sendings.size(), each.at(), each.isStored()))
          .add(each.call());
    } else if (fact instanceof Fact.Told each) {
      told.add(each);
    } else if (fact instanceof Fact.Published each) {
      published.add(each);
      seen.putIfAbsent(key(each.place(), each.command()), each.at());
    } else if (fact instanceof Fact.Stored each) {
      stored.computeIfAbsent(each.shard(), s -> new TreeMap<>()).put(each.offset(), each);
      byPlace.put(each.place(), each);
    } else if (fact instanceof Fact.Refused) {
      isRefused = true;
      wentOnAfterRefusal = false;
      if (!hasLost) {
        refusedForNothing = true;
      }
    } else if (fact instanceof Fact.StoreLost) {
      hasLost = true;
    } else if (fact instanceof Fact.Started each) {
      starts.put(each.attempt(), each.at());
      lastStart = each.at();
      hasForgotten |= hasLost && each.isFresh();
      wentOnAfterRefusal = isRefused;
    }
  }

  /**
   * Whether a row that is gone has to be missed. A store that loses a row which no record shows yet
   * loses all traces of it, unless somebody lives who knows the row; and he will publish it.
   */
  boolean mustBeMissed(String place, String command) {
    return !isRefused && (!hasLost || seenAt(place, command) < lastStart);
  }

  /** Whether who appended this row began when a record showed another row in its place. */
  boolean wasWarned(Fact.Stored row, String command) {
    return !hasLost || seenAt(row.place(), command) < starts.getOrDefault(row.by(), -1L);
  }

  private long seenAt(String place, String command) {
    return seen.getOrDefault(key(place, command), Long.MAX_VALUE);
  }

  static String key(String aggregate, String command) {
    return aggregate + " " + command;
  }
}
