package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.CausalPast;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.AggregateRecord;
import dev.anabranch.model.CommandWindow;
import dev.anabranch.operators.command.LiveAggregate.Version;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decoded aggregates on the heap, in front of the keyed state: the least recently used one goes
 * when there are too many, after its committed part is written back. Aggregates with pending
 * commands stay.
 *
 * <p><b>Recovery.</b> {@link #writeBack} before a checkpoint makes the keyed state complete.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class AggregateCache {

  private static final Logger LOG = LoggerFactory.getLogger(AggregateCache.class);

  private final AggregateTypes types;
  private final OwnedState state;
  private final AggregateGraph.Regions regions;
  private final int maxAggregates;
  private final LinkedHashMap<String, LiveAggregate> aggregates =
      new LinkedHashMap<>(1024, 0.75f, true);
  private long hits;
  private long misses;

  AggregateCache(
      AggregateTypes types, OwnedState state, AggregateGraph.Regions regions, int maxAggregates) {
    this.types = types;
    this.state = state;
    this.regions = regions;
    this.maxAggregates = maxAggregates;
  }

  LiveAggregate get(AggregateKey key, String routingKey) {
    var cached = aggregates.get(routingKey);
    if (cached != null) {
      hits++;
      return cached;
    }
    misses++;
    var loaded = load(key, routingKey);
    aggregates.put(routingKey, loaded);
    if (aggregates.size() > maxAggregates) {
      evictOne();
    }
    return loaded;
  }

  /** The gate that commits of other regions pass on their way to the aggregate. */
  StoredGate gateOf(LiveAggregate aggregate) {
    return new StoredGate(aggregate.routingKey, state);
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }

  int size() {
    return aggregates.size();
  }

  /** Writes every changed aggregate's committed part to the keyed state. */
  void writeBack() {
    for (var aggregate : aggregates.values()) {
      if (aggregate.dirty) {
        write(aggregate);
      }
    }
  }

  private void evictOne() {
    var eldest = aggregates.values().iterator();
    while (eldest.hasNext()) {
      var aggregate = eldest.next();
      if (!aggregate.isPinned()) {
        if (aggregate.dirty) {
          write(aggregate);
        }
        eldest.remove();
        return;
      }
    }
  }

  private void write(LiveAggregate aggregate) {
    var committed = aggregate.committed;
    var encoded = encode(aggregate, committed);
    state.writeAggregate(
        aggregate.routingKey,
        new AggregateRecord(
            committed.version(),
            committed.past(),
            encoded,
            aggregate.window,
            aggregate.brokenReason));
    aggregate.dirty = false;
  }

  private static @Nullable EncodedMessage encode(LiveAggregate aggregate, Version committed) {
    var type = aggregate.type;
    var value = committed.state();
    if (type == null
        || aggregate.graph != null
        || value == null
        || aggregate.brokenReason != null
        || committed.version() == 0) {
      return null;
    }
    try {
      return type.stateCodec().encode(value);
    } catch (Exception | LinkageError | StackOverflowError e) {
      // Its events are safe in the store: park this aggregate instead of failing every checkpoint.
      aggregate.brokenReason = "its state can't be encoded by this release: " + e;
      LOG.error("Aggregate {} is parked: {}", aggregate.key, aggregate.brokenReason);
      return null;
    }
  }

  @SuppressWarnings("unchecked") // the codecs and the decider of one type agree on their types
  private LiveAggregate load(AggregateKey key, String routingKey) {
    var type = (AggregateType<Object, Object, Object>) types.find(key.type()).orElse(null);
    var record = state.aggregate(routingKey);
    var graph =
        type != null && AggregateGraph.isFor(type)
            ? new AggregateGraph(routingKey, state, type, regions)
            : null;
    if (record == null) {
      return new LiveAggregate(key, routingKey, type, graph, initial(type), CommandWindow.EMPTY);
    }
    var brokenReason = record.brokenReason();
    Object value = null;
    if (type == null) {
      brokenReason = "its type is not registered with this job";
    } else if (record.version() == 0) {
      value = type.decider().initialState();
    } else if (graph != null) {
      try {
        value = graph.state();
      } catch (Exception | LinkageError | StackOverflowError e) {
        brokenReason = "its versions can't be folded by this release: " + e;
      }
    } else if (record.state() == null) {
      brokenReason = brokenReason == null ? "its state was not stored" : brokenReason;
    } else if (brokenReason == null) {
      try {
        value = type.decodeState(record.state());
      } catch (Exception | LinkageError | StackOverflowError e) {
        brokenReason = "its stored state can't be decoded by this release: " + e;
      }
    }
    var versions = graph == null ? record.past().frontier() : graph.live();
    var committed = new Version(record.version(), record.past(), versions, value);
    var live = new LiveAggregate(key, routingKey, type, graph, committed, record.window());
    live.brokenReason = brokenReason;
    return live;
  }

  private static Version initial(@Nullable AggregateType<Object, Object, Object> type) {
    return new Version(
        0, CausalPast.NONE, List.of(), type == null ? null : type.decider().initialState());
  }
}
