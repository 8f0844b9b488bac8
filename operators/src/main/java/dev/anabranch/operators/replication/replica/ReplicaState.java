package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.history.FoldedState;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.cache.CachedValue;
import dev.anabranch.operators.history.EntriesInState;
import dev.anabranch.operators.history.EntriesInState.Form;
import dev.anabranch.operators.history.GraphInState;
import dev.anabranch.operators.history.MapInState;
import dev.anabranch.operators.history.Snapshot;
import dev.anabranch.serde.PublishedRowSerializer;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.wire.blob.GraphBlob;
import dev.anabranch.wire.blob.ReplicaBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * All that is kept of aggregates, as small entries in Flink's keyed state. Bytes are blobs of
 * {@code wire}, which know their own format. What each commit needs is kept on the heap as well,
 * see {@link ReplicaCache}; what few aggregates have, what is held and what waits, is not.
 *
 * <p>Everything is of the aggregate that was entered last.
 */
public final class ReplicaState {

  // State names are part of the savepoint format: never rename one, add "-v2" and migrate.
  static final String HEAD = "replica-v1";
  static final String HELD_ROWS = "held-rows-v1";
  static final String CONFLICT = "conflict-v1";
  static final String COVERED = "own-log-v1";
  static final String OWN_LAST = "own-last-v1";

  static final ValueStateDescriptor<byte[]> HEAD_DESCRIPTOR =
      new ValueStateDescriptor<>(HEAD, BytePrimitiveArraySerializer.INSTANCE);

  /** The head once more, of aggregates that hold something: to find these after a restore. */
  public static final ValueStateDescriptor<byte[]> HOLDING_DESCRIPTOR =
      new ValueStateDescriptor<>("holding-v1", BytePrimitiveArraySerializer.INSTANCE);

  public static final ValueStateDescriptor<String> CONFLICT_DESCRIPTOR =
      new ValueStateDescriptor<>(CONFLICT, StringSerializer.INSTANCE);

  private static final String SEPARATOR = " ";

  /** The other aggregates of the cache keep their place while one is filled. */
  private static final int SPILLS_AT_PART = 4;

  /** Access to state; whatever fails ends the task. */
  public interface Access<T> {
    T run() throws Exception;
  }

  private final ValueState<byte[]> holding;
  private final ListState<PublishedRow> waiting;
  private final ValueState<Long> covered;
  private final ValueState<String> ownLast;

  // -- Kept for the gate; see there.
  public final MapState<String, PublishedRow> heldRows;

  /**
   * What was handed to the command job, of which nothing else tells until the own log has it: by
   * region a number, up to which its commits were; and dots of payloads that came after their
   * tombstones, which the log has, without a value. Few aggregates have any.
   */
  public final MapState<String, String> handedOver;

  final MapState<String, byte[]> held;
  final MapState<String, String> heldUnder;
  final MapState<String, String> parked;
  private final ReadPages readPages;
  private final ReplicaCache cache;
  private final long spillBytes;

  /** Where the parts of the current key's aggregate are that are kept on the heap, too. */
  record Backings(
      CachedValue.Backing<ReplicaHead> head,
      CachedValue.Backing<String> conflict,
      CachedValue.Backing<Snapshot<FoldedState>> folded,
      GraphInState.Layout graph,
      CachedMap.Backing<Dot, byte[]> events,
      CachedMap.Backing<Dot, Snapshot<FoldedState>> states,
      CachedMap.Backing<Dot, String> hollow,
      CachedMap.Backing<String, String> prints) {}

  /**
   * @param currentKey makes a key the current one
   * @param cachedAggregates how many are kept on the heap
   * @param cachedBytes how large these may be, encoded
   */
  public ReplicaState(
      KeyedStateStore store, Consumer<Object> currentKey, int cachedAggregates, long cachedBytes) {
    holding = store.getState(HOLDING_DESCRIPTOR);
    waiting =
        store.getListState(new ListStateDescriptor<>("waiting-v1", new PublishedRowSerializer()));
    covered = store.getState(new ValueStateDescriptor<>(COVERED, LongSerializer.INSTANCE));
    ownLast = store.getState(new ValueStateDescriptor<>(OWN_LAST, StringSerializer.INSTANCE));
    heldRows = map(store, HELD_ROWS, new PublishedRowSerializer());
    handedOver = map(store, "handed-over-v1", StringSerializer.INSTANCE);
    held = map(store, "held-v1", BytePrimitiveArraySerializer.INSTANCE);
    heldUnder = map(store, "held-under-v1", StringSerializer.INSTANCE);
    parked = map(store, "parked-v1", StringSerializer.INSTANCE);
    readPages = new ReadPages(store);
    spillBytes = cachedBytes / SPILLS_AT_PART;
    var backings = backings(store);
    cache =
        new ReplicaCache(
            currentKey, key -> new LiveReplica(key, backings), cachedAggregates, cachedBytes);
  }

  private static Backings backings(KeyedStateStore store) {
    return new Backings(
        new StoredValue<>(
            store.getState(HEAD_DESCRIPTOR), ReplicaBlob::decode, ReplicaBlob::encode),
        new StoredValue<>(
            store.getState(CONFLICT_DESCRIPTOR), Function.identity(), Function.identity()),
        new StoredValue<>(blob(store, "folded-v1"), Snapshot::read, Snapshot::toBlob),
        graph(store),
        entries(blobs(store, "events-v1"), Form.byDot(Function.identity(), Function.identity())),
        entries(blobs(store, "states-v1"), Form.byDot(Snapshot::read, Snapshot::toBlob)),
        entries(
            map(store, "hollow-v1", StringSerializer.INSTANCE),
            Form.byDot(Function.identity(), Function.identity())),
        entries(
            map(store, "prints-v1", StringSerializer.INSTANCE),
            Form.byText(Function.identity(), Function.identity())));
  }

  private static GraphInState.Layout graph(KeyedStateStore store) {
    return new GraphInState.Layout(
        new StoredValue<>(blob(store, "graph-v1"), GraphBlob::decodeSummary, GraphBlob::encode),
        entries(blobs(store, "nodes-v1"), Form.byDot(GraphBlob::decode, GraphBlob::encode)),
        entries(
            map(store, "commands-v1", StringSerializer.INSTANCE),
            Form.byText(ReplicaState::dots, ReplicaState::text)));
  }

  private static <K, V, B> CachedMap.Backing<K, V> entries(
      MapState<String, B> map, Form<K, V, B> form) {
    return new EntriesInState<>(new MapInState<>(map), form);
  }

  /** Makes an aggregate the current key, of which everything is asked. */
  public void enter(AggregateKey key) {
    cache.enter(key.toString());
  }

  /** What of the current aggregate is on the heap. */
  LiveReplica live() {
    return cache.current();
  }

  /** Writes states and events of the current aggregate to the state, if there are many. */
  public void spill() {
    if (live().bytes() > spillBytes) {
      live().spill();
    }
  }

  /** How many nodes the current aggregate's graph has, but for those that compaction has fixed. */
  public int graphNodes() {
    return Math.max(live().graph().entries(), graph().open());
  }

  /** What has come of the current aggregate while it is read from the store. */
  public ReadPages readPages() {
    return readPages;
  }

  /** How many aggregates are on the heap. */
  public int cachedAggregates() {
    return cache.size();
  }

  /** How large their states and events are, encoded. */
  public long cachedBytes() {
    return cache.bytes();
  }

  /** Call it before a checkpoint; no aggregate is the current one afterwards. */
  public void writeBack() {
    cache.writeBack();
  }

  /** Call it every {@link ReplicaCache#TICK_MILLIS} ms, between records. */
  public void writeBackRested() {
    cache.writeBackRested();
  }

  @Nullable
  public ReplicaHead head() {
    return live().head().get();
  }

  public void head(ReplicaHead value) {
    live().head().set(value);
  }

  /** The summary of the current aggregate's graph. */
  public GraphSummary graph() {
    return live().graph().summary();
  }

  /** Call it when the number of held commits has changed. */
  public void holding(ReplicaHead value) {
    run(() -> holding.update(value.held() == 0 ? null : ReplicaBlob.encode(value)));
  }

  /** See {@link Conflicts}. */
  @Nullable String conflict() {
    return live().conflict().get();
  }

  void conflict(@Nullable String value) {
    live().conflict().set(value);
  }

  /** What came while the aggregate was being read from the store, in order. */
  public List<PublishedRow> takeWaiting() {
    return access(
        () -> {
          var rows = new ArrayList<PublishedRow>();
          waiting.get().forEach(rows::add);
          waiting.clear();
          return rows;
        });
  }

  public boolean hasWaiting() {
    return access(() -> waiting.get().iterator().hasNext());
  }

  public void addWaiting(PublishedRow row) {
    run(() -> waiting.add(row));
  }

  /** What the key of a shard keeps; see {@code OwnLog}. */
  @Nullable
  public Long covered() {
    return access(covered::value);
  }

  public void covered(long value) {
    run(() -> covered.update(value));
  }

  /** What the key of a shard keeps; see {@code OwnRow}. */
  @Nullable
  public String ownLast() {
    return access(ownLast::value);
  }

  public void ownLast(String value) {
    run(() -> ownLast.update(value));
  }

  /** Forgets the aggregate, but for what waits for the store to be read, or to have it. */
  public void clear() {
    live().clear();
    holding.clear();
    for (var map : List.of(heldRows, held, heldUnder, parked)) {
      map.clear();
    }
  }

  private static List<Dot> dots(String text) {
    return Stream.of(text.split(SEPARATOR)).map(Dot::parse).toList();
  }

  private static String text(List<Dot> dots) {
    return dots.stream().map(Dot::toString).collect(Collectors.joining(SEPARATOR));
  }

  public static <T> T access(Access<T> access) {
    try {
      return access.run();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("keyed state can't be read or written", e);
    }
  }

  /** A change of state. */
  public interface Change {
    void run() throws Exception;
  }

  public static void run(Change change) {
    access(
        () -> {
          change.run();
          return true;
        });
  }

  private static ValueState<byte[]> blob(KeyedStateStore store, String name) {
    return store.getState(new ValueStateDescriptor<>(name, BytePrimitiveArraySerializer.INSTANCE));
  }

  private static MapState<String, byte[]> blobs(KeyedStateStore store, String name) {
    return map(store, name, BytePrimitiveArraySerializer.INSTANCE);
  }

  private static <V> MapState<String, V> map(
      KeyedStateStore store, String name, TypeSerializer<V> values) {
    return store.getMapState(new MapStateDescriptor<>(name, StringSerializer.INSTANCE, values));
  }
}
