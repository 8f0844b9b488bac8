package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.stored.LogProgress;
import dev.anabranch.model.stored.LogProgress.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Knows which rows of one shard of a peer's log have come, and which have not.
 *
 * <p><b>Bounds.</b> At most {@link #MAX_RANGES} ranges are told apart. More are joined: rows
 * between them that had come are asked for again, which changes nothing; none is forgotten.
 */
final class LogShard {

  static final int MAX_RANGES = 256;

  private static final long UNKNOWN = -1;

  private long next;

  /** Missing rows below {@link #next}: from, to. */
  private final TreeMap<Long, Long> missing = new TreeMap<>();

  /** When to look at what is missing; 0: nobody is to look. */
  private long lookAtMillis;

  /** How often in vain. */
  private int looks;

  /** Rows that were missing at the last look. */
  private long missingThen;

  private LogShard(long next) {
    this.next = next;
  }

  static LogShard unknown() {
    return new LogShard(UNKNOWN);
  }

  /** A shard as keyed state has kept it. */
  static LogShard of(LogProgress kept) {
    var shard = new LogShard(kept.next());
    kept.missing().forEach(range -> shard.missing.put(range.from(), range.to()));
    shard.lookAtMillis = kept.lookAtMillis();
    shard.looks = kept.looks();
    shard.missingThen = kept.missingThen();
    return shard;
  }

  /** Whether anything of it was read. */
  boolean isKnown() {
    return next != UNKNOWN;
  }

  /** To be kept; only of a shard of which something was read. */
  LogProgress progress() {
    return new LogProgress(next, missing(), lookAtMillis, looks, missingThen);
  }

  /** Takes what an intake says. Returns how many rows are missing that were not known to be. */
  long take(LogNote note) {
    if (note.kind() == LogNote.Kind.FORGOTTEN) {
      forget(note.from());
      return 0;
    }
    if (next == UNKNOWN) {
      next = note.kind() == LogNote.Kind.READ ? note.from() : 0;
    }
    if (note.kind() == LogNote.Kind.UNREADABLE) {
      // One that is further on may be nonsense. Should it be none, the next row tells.
      return note.from() == next ? advance(note.to(), note.to()) : 0;
    }
    var found = note.from() > next ? advance(note.from(), note.to()) : 0;
    arrived(note.from(), note.to());
    next = Math.max(next, note.to());
    return found;
  }

  private void forget(long from) {
    if (from < next) {
      arrived(from, next);
      next = from;
    }
  }

  private long advance(long missingTo, long newNext) {
    var from = next;
    var last = missing.lastEntry();
    if (last != null && last.getValue() == from) {
      missing.put(last.getKey(), missingTo);
    } else {
      missing.put(from, missingTo);
    }
    next = newNext;
    if (missing.size() > MAX_RANGES) {
      joinLastTwo();
    }
    return missingTo - from;
  }

  private void joinLastTwo() {
    var last = missing.pollLastEntry();
    var before = missing.lastEntry();
    missing.put(before.getKey(), last.getValue());
  }

  /** Rows are there, whichever way they came. */
  void arrived(long from, long to) {
    var below = missing.floorEntry(from);
    var first =
        below != null && below.getValue() > from ? below.getKey() : missing.ceilingKey(from);
    while (first != null && first < to) {
      var end = Objects.requireNonNull(missing.remove(first), "the range is in the map");
      if (first < from) {
        missing.put(first, from);
      }
      if (end > to) {
        missing.put(to, end);
      }
      first = missing.ceilingKey(from);
    }
    if (missing.size() > MAX_RANGES) {
      joinLastTwo();
    }
  }

  boolean isMissing(long offset) {
    var below = missing.floorEntry(offset);
    return below != null && below.getValue() > offset;
  }

  List<Range> missing() {
    var ranges = new ArrayList<Range>();
    missing.forEach((from, to) -> ranges.add(new Range(from, to)));
    return ranges;
  }

  long missingRows() {
    var rows = 0L;
    for (var entry : missing.entrySet()) {
      rows += entry.getValue() - entry.getKey();
    }
    return rows;
  }

  // -- When to look.

  long lookAtMillis() {
    return lookAtMillis;
  }

  void lookAt(long millis) {
    lookAtMillis = millis;
  }

  /** Counts a look; those before do not count if fewer rows are missing by now. */
  int looked() {
    var now = missingRows();
    looks = now < missingThen ? 1 : looks + 1;
    missingThen = now;
    return looks;
  }

  /** Nothing is missing any more. */
  void ended() {
    lookAtMillis = 0;
    looks = 0;
    missingThen = 0;
  }
}
