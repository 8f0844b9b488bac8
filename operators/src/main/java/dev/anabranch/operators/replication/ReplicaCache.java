package dev.anabranch.operators.replication;

import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates on the heap, in front of the keyed state: those used last, within the bounds.
 *
 * <p><b>Recovery.</b> {@link #writeBack} before a checkpoint makes the keyed state complete. What
 * changed first is written back before when {@value #MAX_CHANGED} aggregates have, so that a
 * checkpoint does not wait for long.
 *
 * <p><b>Bounds.</b> So many aggregates, and {@value #ENTRIES_PER_AGGREGATE} times as many entries
 * of them: one that a silent region keeps from shrinking takes the place of others.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class ReplicaCache {

  private static final int MAX_CHANGED = 4_096;
  private static final int ENTRIES_PER_AGGREGATE = 24;

  private final Consumer<Object> currentKey;
  private final Function<String, LiveReplica> load;
  private final int maxAggregates;
  private final int maxChanged;

  /** In order of use. */
  private final LinkedHashMap<String, LiveReplica> aggregates =
      new LinkedHashMap<>(1024, 0.75f, true);

  /** In the order in which they changed first. */
  private final LinkedHashMap<String, LiveReplica> changed = new LinkedHashMap<>();

  private @Nullable LiveReplica current;
  private long entries;

  /**
   * @param currentKey makes a key the current one
   * @param load what is kept of the current key
   */
  ReplicaCache(Consumer<Object> currentKey, Function<String, LiveReplica> load, int maxAggregates) {
    this.currentKey = currentKey;
    this.load = load;
    this.maxAggregates = maxAggregates;
    this.maxChanged = Math.max(1, Math.min(MAX_CHANGED, maxAggregates / 2));
  }

  /** Makes an aggregate the current one, of which everything is asked. */
  void enter(String key) {
    leave();
    currentKey.accept(key);
    var known = aggregates.get(key);
    if (known == null) {
      known = load.apply(key);
      aggregates.put(key, known);
    }
    current = known;
  }

  /** The aggregate that was entered last. */
  LiveReplica current() {
    if (current == null) {
      throw new IllegalStateException("no aggregate was entered");
    }
    return current;
  }

  /** Completes the keyed state; no aggregate is the current one afterwards. */
  void writeBack() {
    leave();
    changed.values().forEach(this::writeBack);
    changed.clear();
  }

  private void leave() {
    var left = current;
    if (left == null) {
      return;
    }
    current = null;
    var now = left.entries();
    entries += now - left.counted;
    left.counted = now;
    if (left.isChanged()) {
      changed.putIfAbsent(left.key(), left);
    }
    if (changed.size() > maxChanged) {
      var first = changed.values().iterator();
      writeBack(first.next());
      first.remove();
    }
    while (aggregates.size() > maxAggregates
        || entries > (long) ENTRIES_PER_AGGREGATE * maxAggregates) {
      evictEldest();
    }
  }

  private void evictEldest() {
    var eldest = aggregates.values().iterator();
    var evicted = eldest.next();
    eldest.remove();
    entries -= evicted.counted;
    if (changed.remove(evicted.key()) != null) {
      writeBack(evicted);
    }
  }

  private void writeBack(LiveReplica replica) {
    currentKey.accept(replica.key());
    replica.writeBack();
  }
}
