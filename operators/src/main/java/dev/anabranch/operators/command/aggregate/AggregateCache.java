package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.model.AggregateKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decoded aggregates on the heap, in front of the keyed state: when there are too many, one that
 * was not used lately goes, after its committed part is written back. Aggregates with pending
 * commands stay.
 *
 * <p>Which one goes is found as S3-FIFO does (Yang et al., SOSP 2023). Once the cache is full, what
 * is loaded is a newcomer, of which there are few: the oldest of them goes unless it was used
 * again, or was loaded again soon after it had gone; then it becomes a resident. So millions of
 * aggregates that are used once each neither push out those in use, nor grow old on the heap, nor
 * leave much to write before a checkpoint. Among residents a clock's hand (Corbató, 1968) spares
 * each that was used since its last visit. A use costs one flag; a list in order of use would cost
 * three scattered writes.
 *
 * <p><b>Bounds.</b> A number of aggregates, and the bytes of their states as their codecs write
 * them; until one is written next, the events since the last time are added. One more than fits is
 * kept, and all that have commands pending.
 *
 * <p><b>Recovery.</b> {@link #writeBack} before a checkpoint makes the keyed state complete. As
 * that is a pause, {@link #writeBackResting} does a part of it whenever the task has time, and
 * {@link #writeBackIdle} while it waits for its last appends.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class AggregateCache {

  /** Few enough that an append that ends meanwhile hardly waits. */
  private static final int WRITES_AT_A_TIME = 32;

  /** An aggregate that changes more often is written at checkpoints only, however large it is. */
  private static final long REST_NANOS = 500_000_000;

  private static final int END_OF_SWEEP = -1;

  /** One newcomer to so many places: the share that S3-FIFO's authors found to do well. */
  private static final int PLACES_PER_NEWCOMER = 10;

  private final CommandState state;
  private final AggregateLoader loader;
  private final int maxAggregates;
  private final long maxBytes;
  private final Map<String, Entry> entries = new HashMap<>(1024);

  /** All cached aggregates, in the order of the clock's hand. */
  private final List<Entry> clock = new ArrayList<>(1024);

  private int hand = -1;

  /** Those that must be used again to stay, in the order in which they came. */
  private final ArrayDeque<Entry> newcomers = new ArrayDeque<>();

  /** Newcomers that have gone. */
  private final RecentHashes gone;

  /** The place that {@link #writeBackResting} looks at next. */
  private int sweep = END_OF_SWEEP;

  private long sweepNanos;

  private final DirtySlots changes = new DirtySlots();

  private long hits;
  private long misses;

  public AggregateCache(
      AggregateTypes types,
      CommandState state,
      HeardRegions.Regions regions,
      int maxAggregates,
      long maxBytes) {
    this.state = state;
    this.loader = new AggregateLoader(types, state, regions, maxBytes);
    this.maxAggregates = maxAggregates;
    this.maxBytes = maxBytes;
    this.gone = new RecentHashes(maxAggregates);
  }

  public LiveAggregate get(AggregateKey key, String routingKey) {
    var cached = entries.get(routingKey);
    if (cached != null) {
      hits++;
      cached.recentlyUsed = true;
      return cached.aggregate;
    }
    misses++;
    var loaded = new Entry(key, routingKey);
    place(loaded);
    entries.put(routingKey, loaded);
    return loaded.aggregate;
  }

  /** The gate that commits of other regions pass on their way to the aggregate. */
  public AggregateGate gateOf(LiveAggregate aggregate) {
    return aggregate.gate(state);
  }

  public long hits() {
    return hits;
  }

  public long misses() {
    return misses;
  }

  public int size() {
    return entries.size();
  }

  /** Estimate of what the states of all aggregates would take if they were encoded. */
  public long bytes() {
    return changes.bytes();
  }

  /** Writes every changed aggregate's committed part to the keyed state. */
  public void writeBack() {
    for (var slot = changes.next(0); slot >= 0; slot = changes.next(slot + 1)) {
      write(clock.get(slot));
    }
    bound();
  }

  /**
   * Lets aggregates go until the others are small enough; call it when no aggregate is in use that
   * has nothing pending.
   */
  public void bound() {
    while (changes.bytes() > maxBytes) {
      var leaving = leavingNewcomer();
      if (leaving == null) {
        leaving = leavingResident();
      }
      if (leaving == null) {
        return;
      }
      if (changes.has(leaving.slot)) {
        write(leaving);
        if (changes.bytes() <= maxBytes) {
          // It was large by the estimate only.
          leaving.isNewcomer = false;
          return;
        }
      }
      remove(leaving);
    }
  }

  private void remove(Entry leaving) {
    leave(leaving);
    var last = clock.remove(clock.size() - 1);
    if (last != leaving) {
      changes.moved(last.slot, leaving.slot);
      last.slot = leaving.slot;
      clock.set(leaving.slot, last);
    }
  }

  /**
   * Writes a few of the aggregates that have not changed for a while, if there are any: those that
   * a region with time to spare need not keep for its checkpoint.
   */
  public void writeBackResting(long nowNanos) {
    if (sweep == END_OF_SWEEP) {
      if (nowNanos - sweepNanos < REST_NANOS) {
        return;
      }
      sweepNanos = nowNanos;
      sweep = 0;
    }
    var written = 0;
    for (sweep = changes.next(sweep); sweep >= 0; sweep = changes.next(sweep + 1)) {
      if (written == WRITES_AT_A_TIME) {
        return;
      }
      var entry = clock.get(sweep);
      if (!changes.takeRecent(sweep) && !entry.aggregate.isPinned()) {
        write(entry);
        written++;
      }
    }
  }

  /**
   * Writes a few changed aggregates of which nothing is pending; the others would change again.
   *
   * @return false: there is none
   */
  public boolean writeBackIdle() {
    var written = 0;
    for (var slot = changes.next(0); slot >= 0; slot = changes.next(slot + 1)) {
      var entry = clock.get(slot);
      if (!entry.aggregate.isPinned()) {
        write(entry);
        if (++written == WRITES_AT_A_TIME) {
          break;
        }
      }
    }
    return written > 0;
  }

  private void place(Entry loaded) {
    bound();
    var leaving = isFull() ? leaving(loaded) : null;
    if (leaving == null) {
      loaded.slot = clock.size();
      clock.add(loaded);
      return;
    }
    if (changes.has(leaving.slot)) {
      write(leaving);
    }
    leave(leaving);
    loaded.slot = leaving.slot;
    clock.set(leaving.slot, loaded);
  }

  private void leave(Entry leaving) {
    entries.remove(leaving.aggregate.routingKey());
    leaving.grew(-leaving.bytes);
  }

  private boolean isFull() {
    return clock.size() >= maxAggregates || changes.bytes() >= maxBytes;
  }

  /** The aggregate whose place a loaded one takes; null: each one has commands pending. */
  private @Nullable Entry leaving(Entry loaded) {
    if (gone.contains(loaded.aggregate.routingKey().hashCode())) {
      return leavingResident();
    }
    var maxNewcomers = Math.max(1, clock.size() / PLACES_PER_NEWCOMER);
    var leaving = newcomers.size() < maxNewcomers ? null : leavingNewcomer();
    if (leaving == null) {
      leaving = leavingResident();
    }
    newcomers.add(loaded);
    loaded.isNewcomer = true;
    return leaving;
  }

  private @Nullable Entry leavingNewcomer() {
    for (var visits = newcomers.size(); visits > 0; visits--) {
      var oldest = newcomers.remove();
      if (oldest.recentlyUsed) {
        oldest.isNewcomer = false;
      } else if (oldest.aggregate.isPinned()) {
        newcomers.add(oldest);
      } else {
        gone.add(oldest.aggregate.routingKey().hashCode());
        return oldest;
      }
    }
    return null;
  }

  private @Nullable Entry leavingResident() {
    // Twice round: the first visit may only find that each one was used.
    for (var visits = 2 * clock.size(); visits > 0; visits--) {
      hand = hand + 1 < clock.size() ? hand + 1 : 0;
      var entry = clock.get(hand);
      if (entry.isNewcomer) {
        continue;
      }
      if (entry.recentlyUsed) {
        entry.recentlyUsed = false;
      } else if (!entry.aggregate.isPinned()) {
        return entry;
      }
    }
    return null;
  }

  private void write(Entry entry) {
    entry.aggregate.writeTo(state);
    changes.written(entry.slot);
  }

  // -- Making one anew.

  /** Makes a parked aggregate anew, without a graph or with the one that its type has. */
  public Rebuild rebuild(LiveAggregate live) {
    return loader.rebuild(live);
  }

  /** Makes a parked aggregate anew with a graph, which it gets if it has none. */
  public Rebuild rebuildWithVersions(LiveAggregate live) {
    return loader.rebuildWithVersions(live);
  }

  /** The state was made from the log under the policy that the type has now. */
  public void rebuilt(LiveAggregate live) {
    loader.rebuilt(live);
  }

  /** A place in the cache, and the aggregate in it. */
  private final class Entry implements Keeper {

    private final LiveAggregate aggregate;
    private int slot;
    private long bytes;

    /** Whether it was used again since it was loaded, or the cache last looked for one to evict. */
    private boolean recentlyUsed;

    /** Whether it leaves the cache soon unless it is used again. */
    private boolean isNewcomer;

    private Entry(AggregateKey key, String routingKey) {
      this.aggregate = loader.load(key, routingKey, this);
    }

    @Override
    public void changed() {
      changes.add(slot);
    }

    @Override
    public void grew(long moreBytes) {
      bytes += moreBytes;
      changes.grew(moreBytes);
    }

    @Override
    public long bytes() {
      return bytes;
    }
  }
}
