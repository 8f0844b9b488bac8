package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.history.FoldedState;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.cache.CachedValue;
import dev.anabranch.operators.history.GraphInState;
import dev.anabranch.operators.history.Snapshot;
import java.util.List;

/**
 * What each commit of an aggregate is read and written with, on the heap.
 *
 * <p><b>Threads.</b> The task's thread only, while the aggregate is the current key.
 */
final class LiveReplica {

  /** If a graph has more open entries, those that are needed are read one by one. */
  private static final int MAX_READ_TOGETHER = 16;

  private final String key;
  private final CachedValue<ReplicaHead> head;
  private final CachedValue<String> conflict;
  private final CachedValue<Snapshot<FoldedState>> folded;
  private final GraphInState graph;
  private final CachedMap<Dot, byte[]> events;
  private final CachedMap<Dot, Snapshot<FoldedState>> states;
  private final CachedMap<Dot, String> hollow;

  /** It is no part of what is {@link #clear cleared}, so it may have entries without a head. */
  private final CachedMap<String, String> prints;

  private final List<CachedValue<?>> values;
  private final List<CachedMap<?, ?>> maps;

  /** How many entries the cache has counted of it. */
  int counted;

  /** How many bytes the cache has counted of it. */
  long countedBytes;

  /** The cache's tick when it was last left with something to write. */
  int changedAt;

  LiveReplica(String key, ReplicaState.Backings state) {
    this.key = key;
    this.head = new CachedValue<>(state.head());
    this.conflict = new CachedValue<>(state.conflict());
    this.folded = new CachedValue<>(state.folded());
    this.events = new CachedMap<>(state.events(), this::isSmall, blob -> blob.length);
    this.states = new CachedMap<>(state.states(), this::isSmall, Snapshot::bytes);
    this.hollow = new CachedMap<>(state.hollow());
    this.prints = new CachedMap<>(state.prints(), () -> false);
    this.graph = new GraphInState(state.graph(), GraphInState.ALL, events::remove, events::remove);
    this.values = List.of(head, conflict, folded);
    this.maps = List.of(events, states, hollow);
    if (head.get() == null) {
      values.forEach(CachedValue::knownEmpty);
      graph.knownEmpty();
      maps.forEach(CachedMap::knownEmpty);
    }
  }

  String key() {
    return key;
  }

  CachedValue<ReplicaHead> head() {
    return head;
  }

  /** See {@link Conflicts}. */
  CachedValue<String> conflict() {
    return conflict;
  }

  /** The state of an aggregate that is folded; without a value it is the initial state. */
  CachedValue<Snapshot<FoldedState>> folded() {
    return folded;
  }

  GraphInState graph() {
    return graph;
  }

  /** The events of the graph's entries that compaction has not fixed. */
  CachedMap<Dot, byte[]> events() {
    return events;
  }

  /** The states of versions. */
  CachedMap<Dot, Snapshot<FoldedState>> states() {
    return states;
  }

  /** Dots of which only a tombstone was applied. */
  CachedMap<Dot, String> hollow() {
    return hollow;
  }

  /** See {@link CommitPrints}. What a commit writes is read when it comes again, soon after. */
  CachedMap<String, String> prints() {
    return prints;
  }

  /** Forgets all but the conflict and the prints. */
  void clear() {
    head.set(null);
    folded.set(null);
    graph.clear();
    maps.forEach(CachedMap::clear);
  }

  boolean isChanged() {
    for (var value : values) {
      if (value.isChanged()) {
        return true;
      }
    }
    for (var map : maps) {
      if (map.isChanged()) {
        return true;
      }
    }
    return graph.isChanged() || prints.isChanged();
  }

  void writeBack() {
    values.forEach(CachedValue::writeBack);
    graph.writeBack();
    maps.forEach(CachedMap::writeBack);
    prints.writeBack();
    prints.trim(0, kept -> false);
  }

  /** Forgets states and events on the heap, which the keyed state has then. */
  void spill() {
    writeBack();
    events.trim(0, kept -> false);
    states.trim(0, kept -> false);
  }

  /** Whether all events and states may be read for the sake of some. */
  private boolean isSmall() {
    return graph.summary().open() <= MAX_READ_TOGETHER;
  }

  /** How large its states and events on the heap are, encoded. */
  long bytes() {
    var state = folded.known();
    return events.bytes() + states.bytes() + (state == null ? 0 : state.bytes());
  }

  /** How much it keeps on the heap. */
  int entries() {
    var entries = 1 + graph.size() + prints.size();
    for (var map : maps) {
      entries += map.size();
    }
    return entries;
  }
}
