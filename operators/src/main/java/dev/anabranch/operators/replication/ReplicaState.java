package dev.anabranch.operators.replication;

import dev.anabranch.model.PublishedRow;
import dev.anabranch.model.ReplicaHead;
import dev.anabranch.serde.PublishedRowSerializer;
import dev.anabranch.wire.ReplicaBlob;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept of the aggregate that is the current key, as small entries in Flink's keyed
 * state. Bytes are blobs of {@code wire}, which know their own format.
 */
final class ReplicaState {

  // State names are part of the savepoint format: never rename one, add "-v2" and migrate.
  static final String HEAD = "replica-v1";
  static final String HELD_ROWS = "held-rows-v1";
  static final String CONFLICT = "conflict-v1";
  static final String COVERED = "own-log-v1";

  static final ValueStateDescriptor<byte[]> HEAD_DESCRIPTOR =
      new ValueStateDescriptor<>(HEAD, BytePrimitiveArraySerializer.INSTANCE);

  /** The head once more, of aggregates that hold something: to find these after a restore. */
  static final ValueStateDescriptor<byte[]> HOLDING_DESCRIPTOR =
      new ValueStateDescriptor<>("holding-v1", BytePrimitiveArraySerializer.INSTANCE);

  static final ValueStateDescriptor<String> CONFLICT_DESCRIPTOR =
      new ValueStateDescriptor<>(CONFLICT, StringSerializer.INSTANCE);

  /** Access to state; whatever fails ends the task. */
  interface Access<T> {
    T run() throws Exception;
  }

  private final ValueState<byte[]> head;
  private final ValueState<byte[]> holding;
  private final ListState<PublishedRow> waiting;
  private final ValueState<byte[]> folded;
  private final ValueState<String> conflict;
  private final ValueState<Long> covered;

  // -- Kept for the gate, the graph and the states; see there.
  final MapState<String, PublishedRow> heldRows;
  final MapState<String, byte[]> held;
  final MapState<String, String> heldUnder;
  final MapState<String, String> parked;
  final MapState<String, String> hollow;
  final MapState<String, String> prints;
  final ValueState<byte[]> graph;
  final MapState<String, byte[]> nodes;
  final MapState<String, String> commands;
  final MapState<String, byte[]> events;
  final MapState<String, byte[]> states;

  ReplicaState(KeyedStateStore store) {
    head = store.getState(HEAD_DESCRIPTOR);
    holding = store.getState(HOLDING_DESCRIPTOR);
    waiting =
        store.getListState(new ListStateDescriptor<>("waiting-v1", new PublishedRowSerializer()));
    folded =
        store.getState(
            new ValueStateDescriptor<>("folded-v1", BytePrimitiveArraySerializer.INSTANCE));
    conflict = store.getState(CONFLICT_DESCRIPTOR);
    covered = store.getState(new ValueStateDescriptor<>(COVERED, LongSerializer.INSTANCE));
    heldRows = map(store, HELD_ROWS, new PublishedRowSerializer());
    held = map(store, "held-v1", BytePrimitiveArraySerializer.INSTANCE);
    heldUnder = map(store, "held-under-v1", StringSerializer.INSTANCE);
    parked = map(store, "parked-v1", StringSerializer.INSTANCE);
    hollow = map(store, "hollow-v1", StringSerializer.INSTANCE);
    prints = map(store, "prints-v1", StringSerializer.INSTANCE);
    graph =
        store.getState(
            new ValueStateDescriptor<>("graph-v1", BytePrimitiveArraySerializer.INSTANCE));
    nodes = map(store, "nodes-v1", BytePrimitiveArraySerializer.INSTANCE);
    commands = map(store, "commands-v1", StringSerializer.INSTANCE);
    events = map(store, "events-v1", BytePrimitiveArraySerializer.INSTANCE);
    states = map(store, "states-v1", BytePrimitiveArraySerializer.INSTANCE);
  }

  @Nullable ReplicaHead head() {
    var blob = access(head::value);
    return blob == null ? null : ReplicaBlob.decode(blob);
  }

  void head(ReplicaHead value) {
    run(() -> head.update(ReplicaBlob.encode(value)));
  }

  /** Call it when the number of held commits has changed. */
  void holding(ReplicaHead value) {
    run(() -> holding.update(value.held() == 0 ? null : ReplicaBlob.encode(value)));
  }

  /** The state of an aggregate that is folded, encoded; null: the initial one. */
  byte @Nullable [] folded() {
    return access(folded::value);
  }

  void folded(byte[] state) {
    run(() -> folded.update(state));
  }

  /** See {@link Conflicts}. */
  @Nullable String conflict() {
    return access(conflict::value);
  }

  void conflict(@Nullable String value) {
    run(() -> conflict.update(value));
  }

  /** What came while the aggregate was being read from the store, in order. */
  List<PublishedRow> takeWaiting() {
    return access(
        () -> {
          var rows = new ArrayList<PublishedRow>();
          waiting.get().forEach(rows::add);
          waiting.clear();
          return rows;
        });
  }

  boolean hasWaiting() {
    return access(() -> waiting.get().iterator().hasNext());
  }

  void addWaiting(PublishedRow row) {
    run(() -> waiting.add(row));
  }

  /** Of the key of a shard; see {@link OwnLog}. */
  @Nullable Long covered() {
    return access(covered::value);
  }

  void covered(long value) {
    run(() -> covered.update(value));
  }

  /** Forgets the aggregate, but for what waits for it to be read from the store. */
  void clear() {
    head.clear();
    holding.clear();
    folded.clear();
    graph.clear();
    for (var map : List.of(heldRows, held, heldUnder, parked, hollow, nodes, commands)) {
      map.clear();
    }
    events.clear();
    states.clear();
  }

  static <T> T access(Access<T> access) {
    try {
      return access.run();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("keyed state can't be read or written", e);
    }
  }

  /** A change of state. */
  interface Change {
    void run() throws Exception;
  }

  static void run(Change change) {
    access(
        () -> {
          change.run();
          return true;
        });
  }

  private static <V> MapState<String, V> map(
      KeyedStateStore store, String name, TypeSerializer<V> values) {
    return store.getMapState(new MapStateDescriptor<>(name, StringSerializer.INSTANCE, values));
  }
}
