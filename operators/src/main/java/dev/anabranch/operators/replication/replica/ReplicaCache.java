package dev.anabranch.operators.replication.replica;

import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates on the heap, in front of the keyed state: those used last, within the bounds.
 *
 * <p><b>Recovery.</b> {@link #writeBack} before a checkpoint makes the keyed state complete. So
 * that a checkpoint does not wait for long, {@link #writeBackRested} does a part of it now and
 * then, and what changed first is written back when {@value #MAX_CHANGED} aggregates have.
 *
 * <p><b>Bounds.</b> So many aggregates, {@value #ENTRIES_PER_AGGREGATE} times as many entries of
 * them, and so many bytes of their states and events, encoded: one that a silent region keeps from
 * shrinking takes the place of others. The one that was left last stays, however large it is.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class ReplicaCache {

  /** A checkpoint finds no more to write than so many. */
  static final int MAX_CHANGED = 8_192;

  /** One that changes more often is better written once than several times. */
  private static final int RESTED_TICKS = 5;

  /** Few enough that commits hardly wait, enough for a thousand changes per second. */
  private static final int WRITES_PER_TICK = 128;

  private static final int LOOKS_PER_TICK = 512;
  private static final int ENTRIES_PER_AGGREGATE = 24;

  public static final long TICK_MILLIS = 100;

  private final Consumer<Object> currentKey;
  private final Function<String, LiveReplica> load;
  private final int maxAggregates;
  private final long maxBytes;

  /** In order of use. */
  private final LinkedHashMap<String, LiveReplica> aggregates =
      new LinkedHashMap<>(1024, 0.75f, true);

  /** In the order in which they changed first, or were found to change still. */
  private final LinkedHashMap<String, LiveReplica> changed = new LinkedHashMap<>();

  private @Nullable LiveReplica current;
  private long entries;
  private long bytes;
  private int tick;

  /**
   * @param currentKey makes a key the current one
   * @param load what is kept of the current key
   */
  ReplicaCache(
      Consumer<Object> currentKey,
      Function<String, LiveReplica> load,
      int maxAggregates,
      long maxBytes) {
    this.maxBytes = maxBytes;
    this.currentKey = currentKey;
    this.load = load;
    this.maxAggregates = maxAggregates;
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

  /**
   * Writes back some of what has not changed for a while. Call it every {@value #TICK_MILLIS} ms;
   * no aggregate is the current one afterwards.
   */
  void writeBackRested() {
    leave();
    tick++;
    var looks = Math.min(LOOKS_PER_TICK, changed.size());
    for (var writes = 0; looks > 0 && writes < WRITES_PER_TICK; looks--) {
      var replica = removeFirstChanged();
      if (tick - replica.changedAt >= RESTED_TICKS) {
        writeBack(replica);
        writes++;
      } else {
        changed.put(replica.key(), replica);
      }
    }
  }

  private LiveReplica removeFirstChanged() {
    var first = changed.values().iterator();
    var replica = first.next();
    first.remove();
    return replica;
  }

  private void leave() {
    var left = current;
    if (left == null) {
      return;
    }
    current = null;
    count(left);
    if (left.isChanged()) {
      // Also by a read; that only lets it wait.
      left.changedAt = tick;
      changed.putIfAbsent(left.key(), left);
    }
    if (changed.size() > MAX_CHANGED) {
      writeBack(removeFirstChanged());
    }
    while (aggregates.size() > 1 && isTooLarge()) {
      evictEldest();
    }
  }

  private void count(LiveReplica replica) {
    var now = replica.entries();
    entries += now - replica.counted;
    replica.counted = now;
    var nowBytes = replica.bytes();
    bytes += nowBytes - replica.countedBytes;
    replica.countedBytes = nowBytes;
  }

  private boolean isTooLarge() {
    return aggregates.size() > maxAggregates
        || entries > (long) ENTRIES_PER_AGGREGATE * maxAggregates
        || bytes > maxBytes;
  }

  /** How many aggregates are on the heap. */
  int size() {
    return aggregates.size();
  }

  /** How large their states and events are, encoded. */
  long bytes() {
    return bytes;
  }

  private void evictEldest() {
    var eldest = aggregates.values().iterator();
    var evicted = eldest.next();
    eldest.remove();
    if (changed.remove(evicted.key()) != null) {
      writeBack(evicted);
    }
    entries -= evicted.counted;
    bytes -= evicted.countedBytes;
  }

  private void writeBack(LiveReplica replica) {
    currentKey.accept(replica.key());
    replica.writeBack();
    count(replica);
  }
}
