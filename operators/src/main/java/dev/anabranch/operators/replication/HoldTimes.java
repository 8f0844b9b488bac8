package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The aggregates of this subtask that have commits which wait for others; how many, and since when.
 *
 * <p><b>Threads.</b> Changed by the task's thread; metrics may read.
 */
final class HoldTimes {

  static final int MAX_DOUBLINGS = 6;

  private final Duration patience;
  private final Map<AggregateKey, Long> since = new HashMap<>();
  private final Map<AggregateKey, Integer> asked = new HashMap<>();
  private volatile int count;
  private volatile long oldestMillis;

  HoldTimes(Duration patience) {
    this.patience = patience;
  }

  int count() {
    return count;
  }

  /** When the longest wait began; 0: nothing waits. */
  long oldestMillis() {
    return oldestMillis;
  }

  int aggregates() {
    return since.size();
  }

  /** What a checkpoint says of an aggregate. */
  void restored(AggregateKey key, int held, long sinceMillis) {
    count = count + held;
    began(key, sinceMillis);
  }

  void began(AggregateKey key, long sinceMillis) {
    since.put(key, sinceMillis);
    findOldest();
  }

  void ended(AggregateKey key) {
    since.remove(key);
    asked.remove(key);
    findOldest();
  }

  void added() {
    count = count + 1;
  }

  void removed() {
    count = Math.max(0, count - 1);
  }

  /** Counts another look at an aggregate; returns how often it was looked at before. */
  int asked(AggregateKey key) {
    return asked.merge(key, 1, Integer::sum) - 1;
  }

  /** How long until the next look: longer each time. */
  long patienceMillis(AggregateKey key) {
    var doublings = Math.min(asked.getOrDefault(key, 0), MAX_DOUBLINGS);
    return patience.toMillis() << doublings;
  }

  private void findOldest() {
    OptionalLong min = since.values().stream().mapToLong(Long::longValue).min();
    oldestMillis = min.orElse(0);
  }
}
