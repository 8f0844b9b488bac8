package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.history.Commit;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.cache.CachedMap;
import dev.anabranch.operators.history.EntriesInState;
import dev.anabranch.operators.history.EntriesInState.Form;
import dev.anabranch.operators.history.GraphInState;
import dev.anabranch.operators.history.Snapshot;
import dev.anabranch.operators.history.StatesInState;
import dev.anabranch.versions.CommitStatus;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionStates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one aggregate whose type lets regions change it at once: the committed graph, and
 * over it, while rows are pending, the head that they make.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class AggregateGraph {

  /** A graph that is compacted in time has some four open entries for each region. */
  static final int MAX_KEPT = 16;

  private static final Form<Dot, Snapshot<Object>, byte[]> SNAPSHOTS =
      Form.byDot(Snapshot::read, Snapshot::toBlob);

  private final String key;
  private final KeyedMap events;
  private final TypeFold fold;
  private final VersionFolding<Object> folding;
  private final HeardRegions heard;
  private final GraphInState storedGraph;

  /** States of versions; the next commit asks for that of the live one, and replaces it. */
  private final CachedMap<Dot, Snapshot<Object>> snapshots;

  private final StatesInState<Object> storedStates;
  private final VersionGraph committedGraph;
  private final VersionStates<Object> committed;

  /** Number of open entries at which compaction is tried next. */
  private int compactAt;

  /** What every region had when compaction was tried last. */
  private VectorTime compactedTo = VectorTime.ZERO;

  /** The row that is being added; null: none is. */
  private @Nullable Commit added;

  /** The tombstone that is being added; null: none is. */
  private @Nullable Dot hollow;

  // -- While rows are pending.
  private final Map<Dot, byte[]> headEvents = new HashMap<>();
  private @Nullable VersionGraph headGraph;
  private @Nullable StatesInState<Object> headStates;
  private @Nullable VersionStates<Object> head;

  /**
   * @param isNew whether the state is known to have nothing of the aggregate
   */
  AggregateGraph(String key, CommandState state, TypeFold fold, HeardRegions heard, boolean isNew) {
    this.key = key;
    this.events = state.graphEvents();
    this.fold = fold;
    this.folding = fold.versions(this::eventsOf);
    this.heard = heard;
    this.storedGraph =
        new GraphInState(
            GraphLayout.of(key, state),
            MAX_KEPT,
            fixed -> {}, // They go with the entry: once is cheaper than twice.
            removed -> events.remove(key, removed.toString()));
    this.snapshots =
        new CachedMap<>(
            new EntriesInState<>(new KeyedEntries(state.graphStates(), key), SNAPSHOTS),
            storedGraph::isSmall,
            Snapshot::bytes);
    this.storedStates = new StatesInState<>(snapshots, new CodecForm(fold));
    if (isNew) {
      storedGraph.knownEmpty();
      snapshots.knownEmpty();
    }
    this.committedGraph = new VersionGraph(storedGraph);
    this.committed = new VersionStates<>(committedGraph, folding, storedStates);
  }

  /**
   * Adds a durable row. The commit is in the graph also if its fold throws.
   *
   * @throws RuntimeException what application code throws
   */
  void addCommitted(Commit commit) {
    var node = commit.node();
    events.put(key, node.dot().toString(), commit.events());
    heard.hear(node.dot(), node.context());
    added = commit;
    try {
      var state = stateInHead(node.dot());
      if (state == null) {
        committed.add(node);
      } else {
        committed.add(node, state);
      }
    } finally {
      added = null;
      writeEntries();
    }
  }

  /**
   * The state of the only pending row: it was folded on just what is committed. Null: derive it.
   */
  private @Nullable Object stateInHead(Dot dot) {
    var own = headStates;
    return own == null || headEvents.size() != 1 || !headEvents.containsKey(dot)
        ? null
        : own.get(dot);
  }

  /** What the versions on the heap take, encoded; without a head's. */
  long bytes() {
    return snapshots.bytes();
  }

  /** Completes the keyed state. */
  void writeBack() {
    storedGraph.writeBack();
    writeStates();
  }

  /** Writes what a commit has changed, but for what the next one replaces, if that is little. */
  private void writeEntries() {
    storedGraph.writeEntries();
    if (snapshots.size() > MAX_KEPT) {
      writeStates();
    }
  }

  private void writeStates() {
    snapshots.writeBack();
    snapshots.trim(MAX_KEPT, storedGraph::isLive);
  }

  /**
   * Keeps the events of a durable row which {@link #addStored} adds later; they may be kept
   * already. A tombstone takes the place of nothing: its payload may be kept, and the graph may
   * stay as it is, if it is not made anew after all.
   */
  void keepEvents(VersionNode node, byte[] blob) {
    var name = node.dot().toString();
    if (node.kind() != RowKind.TOMBSTONE || events.get(key, name) == null) {
      events.put(key, name, blob);
    }
  }

  /**
   * Adds a durable row whose events are kept. The commit is in the graph also if its fold throws.
   *
   * @throws RuntimeException what application code throws
   */
  void addStored(VersionNode node) {
    heard.hear(node.dot(), node.context());
    hollow = node.kind() == RowKind.TOMBSTONE ? node.dot() : null;
    try {
      committed.add(node);
    } finally {
      hollow = null;
      writeEntries();
    }
  }

  /** Forgets all but the events; the commits are added again, in the order of the log. */
  void clear() {
    dropHead();
    storedGraph.clear();
    snapshots.clear();
    committed.forgetMerges();
    compactAt = 0;
    compactedTo = VectorTime.ZERO;
  }

  /** Adds a row that is not durable yet. */
  void addToHead(Commit commit) {
    var node = commit.node();
    var states = head;
    if (states == null) {
      headGraph = new VersionGraph(storedGraph.layer());
      headStates = storedStates.layer();
      states = new VersionStates<>(headGraph, folding, headStates);
      head = states;
    }
    headEvents.put(node.dot(), commit.events());
    states.add(node);
  }

  /** Forgets all rows that are not durable; or all of them have become durable. */
  void dropHead() {
    headEvents.clear();
    headGraph = null;
    headStates = null;
    head = null;
  }

  /** The live branches of the head, in (hlc, dot) order. */
  List<Dot> live() {
    return current().live().stream().map(OrderedDot::dot).toList();
  }

  /** One state of the head's live branches. */
  Object state() {
    return states().resolved(currentResolverId());
  }

  /** State of one version of the head. */
  public Object state(Dot version) {
    return states().state(version);
  }

  /** Whether another region's commit of the same command counts instead of this one. */
  public boolean isTwin(Dot commit) {
    var entry = storedGraph.get(commit);
    return entry != null && entry.status() == CommitStatus.TWIN;
  }

  /** Whether the commit does not count; what compaction has dropped does. */
  public boolean isVoid(Dot commit) {
    var entry = storedGraph.get(commit);
    return entry != null && entry.status().isVoid();
  }

  /** The resolver that commits of several parents are decided with; empty: the type has none. */
  String currentResolverId() {
    return fold.resolverId();
  }

  /**
   * Why the states that are kept are not those which this release would make of the commits: a
   * resolver is gone that made one of them. They are to be made again from all commits. Null:
   * nothing is gone.
   */
  @Nullable String problem() {
    var gone = committed.goneResolver();
    return gone == null
        ? null
        : "its versions are made again from the log: "
            + (gone.named().isEmpty()
                ? "resolver " + gone.used() + " made some of them, and another one serves now"
                : fold.missing(gone.named()));
  }

  /**
   * Drops what no answer needs any more, if that is worth a pass; not while rows are pending. Tried
   * when the graph has doubled and other regions have more than at the last time: one that a silent
   * region keeps from shrinking costs nothing.
   */
  void compact(VectorTime applied) {
    var open = storedGraph.summary().open();
    if (head == null && open >= compactAt && committedGraph.isWorthCompacting()) {
      var stable = heard.stable(applied);
      if (stable.equals(compactedTo)) {
        return;
      }
      compactedTo = stable;
      compactAt = 2 * open;
      committed.compact(stable);
      compactAt = 2 * storedGraph.summary().open();
      writeEntries();
    }
  }

  private VersionGraph current() {
    var own = headGraph;
    return own == null ? committedGraph : own;
  }

  private VersionStates<Object> states() {
    var own = head;
    return own == null ? committed : own;
  }

  private byte[] eventsOf(Dot dot) {
    if (dot.equals(hollow)) {
      return Blobs.EMPTY; // Its payload comes later, and is kept already.
    }
    var now = added;
    if (now != null && dot.equals(now.dot())) {
      return now.events();
    }
    var own = headEvents.get(dot);
    var stored = own == null ? events.get(key, dot.toString()) : own;
    if (stored == null) {
      throw new IllegalStateException("the events of " + dot + " are not in state");
    }
    return stored;
  }
}
