package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.CausalPast;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.wire.blob.StoredVersions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger(AggregateCache.class);

  /** Few enough that an append that ends meanwhile hardly waits. */
  private static final int WRITES_AT_A_TIME = 32;

  /** An aggregate that changes more often is written at checkpoints only, however large it is. */
  private static final long REST_NANOS = 500_000_000;

  private static final int END_OF_SWEEP = -1;

  /** One newcomer to so many places: the share that S3-FIFO's authors found to do well. */
  private static final int PLACES_PER_NEWCOMER = 10;

  private final AggregateTypes types;
  private final OwnedState state;
  private final HeardRegions.Regions regions;
  private final int maxAggregates;
  private final long maxBytes;
  private final Map<String, LiveAggregate> aggregates = new HashMap<>(1024);

  /** All cached aggregates, in the order of the clock's hand. */
  private final List<LiveAggregate> clock = new ArrayList<>(1024);

  private int hand = -1;

  /** Those that must be used again to stay, in the order in which they came. */
  private final ArrayDeque<LiveAggregate> newcomers = new ArrayDeque<>();

  /** Newcomers that have gone. */
  private final RecentHashes gone;

  /** The place that {@link #writeBackResting} looks at next. */
  private int sweep = END_OF_SWEEP;

  private long sweepNanos;

  private final Changes changes = new Changes();

  private long hits;
  private long misses;

  public AggregateCache(
      AggregateTypes types,
      OwnedState state,
      HeardRegions.Regions regions,
      int maxAggregates,
      long maxBytes) {
    this.types = types;
    this.state = state;
    this.regions = regions;
    this.maxAggregates = maxAggregates;
    this.maxBytes = maxBytes;
    this.gone = new RecentHashes(maxAggregates);
  }

  public LiveAggregate get(AggregateKey key, String routingKey) {
    var cached = aggregates.get(routingKey);
    if (cached != null) {
      hits++;
      cached.recentlyUsed = true;
      return cached;
    }
    misses++;
    var loaded = load(key, routingKey);
    place(loaded);
    aggregates.put(routingKey, loaded);
    return loaded;
  }

  /** The gate that commits of other regions pass on their way to the aggregate. */
  public StoredGate gateOf(LiveAggregate aggregate) {
    var gate = aggregate.gate;
    if (gate == null) {
      gate = new StoredGate(aggregate.routingKey, state);
      aggregate.gate = gate;
    }
    return gate;
  }

  public long hits() {
    return hits;
  }

  public long misses() {
    return misses;
  }

  public int size() {
    return aggregates.size();
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

  private void remove(LiveAggregate leaving) {
    aggregates.remove(leaving.routingKey);
    leaving.measured(0);
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
      var aggregate = clock.get(sweep);
      if (!changes.takeRecent(sweep) && !aggregate.isPinned()) {
        write(aggregate);
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
      var aggregate = clock.get(slot);
      if (!aggregate.isPinned()) {
        write(aggregate);
        if (++written == WRITES_AT_A_TIME) {
          break;
        }
      }
    }
    return written > 0;
  }

  private void place(LiveAggregate loaded) {
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
    aggregates.remove(leaving.routingKey);
    leaving.measured(0);
    loaded.slot = leaving.slot;
    clock.set(leaving.slot, loaded);
  }

  private boolean isFull() {
    return clock.size() >= maxAggregates || changes.bytes() >= maxBytes;
  }

  /** The aggregate whose place a loaded one takes; null: each one has commands pending. */
  private @Nullable LiveAggregate leaving(LiveAggregate loaded) {
    if (gone.contains(loaded.routingKey.hashCode())) {
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

  private @Nullable LiveAggregate leavingNewcomer() {
    for (var visits = newcomers.size(); visits > 0; visits--) {
      var oldest = newcomers.remove();
      if (oldest.recentlyUsed) {
        oldest.isNewcomer = false;
      } else if (oldest.isPinned()) {
        newcomers.add(oldest);
      } else {
        gone.add(oldest.routingKey.hashCode());
        return oldest;
      }
    }
    return null;
  }

  private @Nullable LiveAggregate leavingResident() {
    // Twice round: the first visit may only find that each one was used.
    for (var visits = 2 * clock.size(); visits > 0; visits--) {
      hand = hand + 1 < clock.size() ? hand + 1 : 0;
      var aggregate = clock.get(hand);
      if (aggregate.isNewcomer) {
        continue;
      }
      if (aggregate.recentlyUsed) {
        aggregate.recentlyUsed = false;
      } else if (!aggregate.isPinned()) {
        return aggregate;
      }
    }
    return null;
  }

  private void write(LiveAggregate aggregate) {
    var encoded = encode(aggregate);
    if (aggregate.heard != null) {
      aggregate.heard.writeBack();
    }
    if (aggregate.graph != null) {
      aggregate.graph.writeBack();
    }
    var committed = aggregate.committed;
    state.writeAggregate(
        aggregate.routingKey,
        new AggregateRecord(
            committed.version(),
            committed.past(),
            encoded,
            aggregate.window,
            aggregate.brokenReason));
    measure(aggregate, encoded);
    changes.written(aggregate.slot);
  }

  private static void measure(LiveAggregate aggregate, @Nullable EncodedMessage encoded) {
    if (aggregate.graph != null) {
      aggregate.measured(aggregate.graph.bytes());
    } else {
      aggregate.measured(encoded == null ? 0 : encoded.data().length);
    }
  }

  private static @Nullable EncodedMessage encode(LiveAggregate aggregate) {
    var type = aggregate.type;
    var committed = aggregate.committed;
    if (type == null
        || aggregate.graph != null
        || committed.state() == null
        || aggregate.brokenReason != null
        || committed.version() == 0) {
      return null;
    }
    try {
      Folding.dropStable(aggregate);
      return type.stateCodec().encode(aggregate.committed.foldedState());
    } catch (Throwable e) {
      // Its events are safe in the store: park this aggregate instead of failing every checkpoint.
      aggregate.brokenReason =
          "its state can't be encoded by this release: " + ApplicationCode.problem(e);
      LOG.error("Aggregate {} is parked: {}", aggregate.key, aggregate.brokenReason);
      return null;
    }
  }

  @SuppressWarnings("unchecked") // the codecs and the decider of one type agree on their types
  private LiveAggregate load(AggregateKey key, String routingKey) {
    var type = (AggregateType<Object, Object, Object>) types.find(key.type()).orElse(null);
    var record = state.aggregate(routingKey);
    var forked = isForked(type, record);
    var heard =
        type == null || (Folding.hasOneHome(type) && !forked)
            ? null
            : new HeardRegions(routingKey, state, regions);
    var graph =
        type != null && heard != null && (forked || StoredVersions.hasGraph(type))
            ? new AggregateGraph(routingKey, state, type, heard, record == null)
            : null;
    if (record == null) {
      var initial = initial(type);
      var none = new Version(0, CausalPast.NONE, List.of(), initial.state());
      var fresh =
          new LiveAggregate(
              key, routingKey, type, heard, graph, none, CommandWindow.EMPTY, changes);
      fresh.brokenReason = initial.problem();
      return fresh;
    }
    var brokenReason = record.brokenReason();
    Object value = null;
    if (type == null) {
      brokenReason = "its type is not registered with this job";
    } else if (record.version() == 0) {
      var initial = initial(type);
      value = initial.state();
      brokenReason = initial.problem();
    } else if (graph != null && isFromAnotherPolicy(record, graph)) {
      brokenReason = "its versions were not kept under its former replication policy";
    } else if (graph != null) {
      try {
        value = graph.state();
      } catch (Throwable e) {
        brokenReason =
            "its versions can't be folded by this release: " + ApplicationCode.problem(e);
      }
    } else if (record.state() == null) {
      brokenReason = brokenReason == null ? "its state was not stored" : brokenReason;
    } else if (Folding.hasOneHome(type) && record.past().frontier().size() > 1) {
      brokenReason = Folding.FORKED;
    } else if (Folding.hasOneHome(type) && wasReplicated(record, routingKey)) {
      brokenReason = "its type was one of replicated data types: its state is made from the log";
    } else if (brokenReason == null) {
      try {
        value = type.decodeState(record.state());
      } catch (Throwable e) {
        brokenReason =
            "its stored state can't be decoded by this release: " + ApplicationCode.problem(e);
      }
    }
    var versions = graph == null ? record.past().frontier() : graph.live();
    var committed = new Version(record.version(), record.past(), versions, value);
    var live =
        new LiveAggregate(key, routingKey, type, heard, graph, committed, record.window(), changes);
    live.brokenReason = brokenReason;
    measure(live, record.state());
    return live;
  }

  /**
   * Whether the aggregate was written last while its type kept no graph. What the graph has is
   * nothing then, or what it had before that: it must be made from the log again.
   */
  private static boolean isFromAnotherPolicy(AggregateRecord record, AggregateGraph graph) {
    return record.state() != null || graph.live().isEmpty();
  }

  /**
   * Whether a type with a single home was one of replicated data types, of which is noted what was
   * heard: concurrent commits may be in its state. What one region alone has made has none.
   */
  private boolean wasReplicated(AggregateRecord record, String routingKey) {
    return record.past().applied().size() > 1 && HeardRegions.isNoted(routingKey, state);
  }

  /** The state was made from the log under the policy that the type has now. */
  public void rebuilt(LiveAggregate live) {
    if (live.heard == null && live.committed.past().applied().size() > 1) {
      HeardRegions.forget(live.routingKey, state);
    }
  }

  /**
   * Whether the type has a single home and the aggregate a graph all the same, which has its state.
   */
  private static boolean isForked(
      @Nullable AggregateType<Object, Object, Object> type, @Nullable AggregateRecord record) {
    return type != null
        && record != null
        && Folding.hasOneHome(type)
        && record.version() > 0
        && record.state() == null
        && record.brokenReason() == null;
  }

  /** Makes a parked aggregate anew, without a graph or with the one that its type has. */
  public Rebuild rebuild(LiveAggregate live) {
    var type = live.type;
    if (type != null && live.graph == null) {
      return new StateRebuild(live, type, maxBytes);
    }
    return rebuildWithVersions(live);
  }

  /** Makes a parked aggregate anew with a graph, which it gets if it has none. */
  public Rebuild rebuildWithVersions(LiveAggregate live) {
    var type = live.type;
    if (type == null) {
      throw new IllegalStateException(live.key + " is of an unknown type");
    }
    var graph = live.graph;
    var heard = live.heard;
    if (graph == null || heard == null) {
      heard = new HeardRegions(live.routingKey, state, regions);
      graph = new AggregateGraph(live.routingKey, state, type, heard, false);
    }
    return new GraphRebuild(live, heard, graph, maxBytes);
  }

  /** The state before the first commit, or why there is none. */
  private record Initial(@Nullable Object state, @Nullable String problem) {}

  private static Initial initial(@Nullable AggregateType<Object, Object, Object> type) {
    if (type == null) {
      return new Initial(null, null);
    }
    try {
      return new Initial(type.decider().initialState(), null);
    } catch (Throwable e) {
      return new Initial(null, "its initial state can't be made: " + ApplicationCode.problem(e));
    }
  }
}
