package dev.anabranch.operators.replication.replica;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.history.Commit;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.operators.history.Snapshot;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.GraphChange;
import dev.anabranch.versions.VersionGraph;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.VersionStates;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate for the time of one record, or of its history: applies commits that the gate has
 * let pass, and shows what came of them. Its state is that of the current key.
 */
public final class Replica {

  /** What a commit needs another treatment for. */
  public enum Verdict {
    APPLIED,
    /** Concurrent with another one, which the type's policy rules out: a graph is needed. */
    FORKED,
    /** A payload for a tombstone that later commits were folded over: fold all of them again. */
    REFOLD
  }

  private final Environment environment;
  private final AggregateKey key;
  private final @Nullable TypeFold type;
  private final ReplicaState state;
  private LiveReplica live;
  private VersionGraph graph;
  private @Nullable VersionStates<FoldedState> states;
  private ReplicaHead head;
  private Set<Dot> leftOut = Set.of();
  private @Nullable FoldedState folded;
  private @Nullable EncodedMessage encoded;
  private boolean applied;
  private boolean compacts = true;

  /** The last conflict that the commits read again went through; null: none so far. */
  private @Nullable String conflictInPast;

  /** What ended it; null: nothing did so far. */
  private @Nullable VersionNode endInPast;

  /** What all replicas share. */
  public record Environment(
      RegionId region,
      List<RegionId> regions,
      ReplicaState state,
      ReplicationOutputs outputs,
      ReplicationCounts counts) {}

  public Replica(
      Environment environment, AggregateKey key, @Nullable TypeFold type, ReplicaHead head) {
    this.environment = environment;
    this.key = key;
    this.type = type;
    this.state = environment.state();
    this.live = state.live();
    this.head = head;
    this.graph = new VersionGraph(live.graph());
    this.states = statesOf(graph, live, type);
  }

  private static @Nullable VersionStates<FoldedState> statesOf(
      VersionGraph graph, LiveReplica live, @Nullable TypeFold type) {
    if (type == null) {
      return null;
    }
    var stored = new FoldedStates(live, type);
    return new VersionStates<>(graph, stored, stored);
  }

  /** Goes on after other aggregates were the current ones: what was on the heap may be written. */
  public void resume() {
    if (live != state.live()) {
      live = state.live();
      graph = new VersionGraph(live.graph());
      states = statesOf(graph, live, type);
    }
  }

  /** What is kept of aggregates of the type: of an unknown one, what a relay needs. */
  public static Merging merging(@Nullable TypeFold type) {
    if (type == null) {
      return Merging.RELAY;
    }
    return type.hasGraph() ? Merging.GRAPH : Merging.FOLD;
  }

  public AggregateKey key() {
    return key;
  }

  /** Commits that repeat a command of another one, which counts: they change no folded state. */
  public void leaveOut(List<VoidCommit> repeats) {
    leftOut = repeats.stream().map(VoidCommit::dot).collect(Collectors.toSet());
    head = head.withVoided(repeats);
  }

  /** Keeps all of the graph for this time. */
  public void dropNothing() {
    compacts = false;
  }

  public ReplicaHead head() {
    return head;
  }

  public void head(ReplicaHead newHead) {
    head = newHead;
  }

  /**
   * Applies a commit that the gate has let pass.
   *
   * @throws dev.anabranch.versions.MissingVersionException if it is built on what a filter has
   *     withheld, or the graph has dropped: all of them have to be read again
   * @param fills whether its tombstone was applied before
   * @param quiet whether to tell nothing: it is read again, and was told of before
   */
  public Verdict apply(Commit commit, boolean fills, boolean quiet, long nowMicros) {
    if (head.merging() == Merging.FOLD && commit.problem().isEmpty()) {
      if (fills) {
        return Verdict.REFOLD;
      }
      if (type != null && !type.commutes() && isFork(commit)) {
        return Verdict.FORKED;
      }
    }
    moveOn(commit, fills);
    applied = true;
    if (type == null || !head.problem().isEmpty()) {
      return Verdict.APPLIED;
    }
    if (!commit.problem().isEmpty()) {
      broken(commit.problem());
    } else if (head.merging() == Merging.FOLD) {
      fold(commit);
    } else if (head.merging() == Merging.GRAPH) {
      addToGraph(commit, quiet, nowMicros);
    }
    return Verdict.APPLIED;
  }

  /** Takes note that the own log has the commit. */
  public void seenInLog(Commit commit) {
    head = head.seenInLog(commit.dot(), commit.context());
  }

  /** Writes what is to be kept, and shows the aggregate if it has changed. */
  public void finish() {
    if (folded != null && type != null && !folded.isBroken()) {
      writeFolded(type, folded);
    }
    state.head(head);
    if (applied && type != null) {
      show(type);
    }
  }

  /**
   * Tells how the conflict stands that reading the store has found, and which commits are void.
   *
   * @param voided what was told to be void before
   */
  public void tellFound(List<VoidCommit> voided, long nowMicros) {
    if (type == null || states == null) {
      return;
    }
    if (head.merging() == Merging.FOLD) {
      // Nothing is a conflict, but of a command that two regions accepted one commit counts.
      Conflicts.foundVoid(environment.region().value(), key, type, voided, head, nowMicros)
          .forEach(environment.outputs()::conflict);
      return;
    }
    if (head.merging() != Merging.GRAPH) {
      return;
    }
    var shown = VisibleState.of(type, graph, states);
    var kept = state.conflict();
    var told =
        Conflicts.found(
            environment.region().value(),
            key,
            type,
            kept == null ? conflictInPast : kept,
            kept == null || Conflicts.isSame(kept, conflictInPast) ? endInPast : null,
            voided,
            head,
            shown,
            nowMicros);
    told.records().forEach(environment.outputs()::conflict);
    state.conflict(told.kept());
  }

  private void moveOn(Commit commit, boolean fills) {
    var dot = commit.dot();
    var now = fills ? head.applied() : head.applied().with(dot.origin(), dot.n());
    var heard = listens() ? head.heard().after(dot, commit.context()) : head.heard();
    var last = commit.isTombstone() ? head.last() : dot;
    head = head.applied(now, commit.hlc(), last, heard);
  }

  /** Whether there is something to drop as soon as every region has it. */
  private boolean listens() {
    return head.merging() == Merging.GRAPH
        || (head.merging() == Merging.FOLD && type != null && type.commutes());
  }

  /** Whether its decider had not seen everything that is applied here. */
  private boolean isFork(Commit commit) {
    var dot = commit.dot();
    return !head.applied().isBeforeOrEqual(commit.context().with(dot.origin(), dot.n() - 1));
  }

  private void fold(Commit commit) {
    if (commit.isTombstone()
        || commit.kind() == RowKind.HOME_MOVE
        || type == null
        || leftOut.contains(commit.dot())) {
      return;
    }
    var chosen = type.choiceIn(commit);
    if (!chosen.isEmpty()) {
      broken("commit " + commit.dot() + " can't be folded: " + chosen);
      return;
    }
    folded = type.fold(foldedSoFar(type), commit);
    if (folded.isBroken()) {
      broken(folded.problem());
    }
  }

  /** What is dropped is the same in all regions that have applied the same: so is the view. */
  private void writeFolded(TypeFold known, FoldedState now) {
    try {
      var kept = known.dropStable(now, head.heard().stable(environment.regions()));
      encoded = known.encode(kept);
      live.folded().set(Snapshot.of(kept, encoded));
    } catch (Throwable e) {
      broken("its state can't be written: " + ApplicationCode.problem(e));
    }
  }

  private FoldedState foldedSoFar(TypeFold known) {
    if (folded != null) {
      return folded;
    }
    var stored = live.folded().get();
    return stored == null ? known.initial() : stored.state(new FoldedForm(known));
  }

  private void addToGraph(Commit commit, boolean quiet, long nowMicros) {
    if (type == null || states == null) {
      return;
    }
    GraphChange change;
    VersionNode node;
    try {
      node = commit.node();
      if (!node.isHollow()) {
        live.events().put(node.dot(), commit.events());
      }
      change = states.add(node);
    } catch (IllegalArgumentException | WireFormatException e) {
      // It contradicts what is known: no order of the commits makes sense of it.
      broken(String.valueOf(e.getMessage()));
      return;
    }
    noteVoided(change);
    compact(states);
    if (quiet) {
      noteInPast(node, change);
    }
    var kept = state.conflict();
    if (quiet
        || (change.live().size() <= 1
            && kept == null
            && change.voided().isEmpty()
            && change.restored().isEmpty())) {
      return;
    }
    var shown = VisibleState.of(type, graph, states);
    var told =
        Conflicts.after(
            environment.region().value(), key, type, kept, head, node, change, shown, nowMicros);
    told.records().forEach(environment.outputs()::conflict);
    if (!Objects.equals(kept, told.kept())) {
      state.conflict(told.kept());
    }
  }

  private void noteInPast(VersionNode node, GraphChange change) {
    if (!change.isConflict()) {
      endInPast = conflictInPast == null || endInPast != null ? endInPast : node;
    } else if (conflictInPast == null || endInPast != null) {
      conflictInPast = Conflicts.keptOf(change.live());
      endInPast = null;
    }
  }

  private void noteVoided(GraphChange change) {
    if (change.voided().isEmpty() && change.restored().isEmpty()) {
      return;
    }
    var voided = new TreeMap<Dot, VoidCommit>();
    head.voided().forEach(commit -> voided.put(commit.dot(), commit));
    change.restored().forEach(voided::remove);
    for (var commit : change.voided()) {
      voided.put(
          commit.dot(), new VoidCommit(commit.dot(), Conflicts.reason(commit), commit.cause()));
    }
    head = head.withVoided(List.copyOf(voided.values()));
  }

  /**
   * Tried when the graph has doubled: one that a silent region keeps from shrinking costs little.
   */
  private void compact(VersionStates<FoldedState> known) {
    if (!compacts
        || live.graph().summary().open() < Math.max(head.compactAt(), 1)
        || !graph.isWorthCompacting()) {
      return;
    }
    var stable = head.heard().stable(environment.region(), head.inLog(), environment.regions());
    // A state that can't be derived now must be derivable later.
    if (StreamSupport.stream(known.live().spliterator(), false)
        .noneMatch(version -> version.state().isBroken())) {
      known.compact(stable);
    }
    head = head.withCompactAt(2 * live.graph().summary().open());
  }

  private void broken(String problem) {
    environment.counts().problem();
    head = head.withProblem(problem);
  }

  private void show(TypeFold known) {
    var outputs = environment.outputs();
    if (head.merging() == Merging.FOLD) {
      if (folded == null && head.problem().isEmpty()) {
        return; // A tombstone, or a move: the state is as it was shown.
      }
      var shown = head.problem().isEmpty() ? encoded : null;
      outputs.view(view(known, shown, false, folds(known, shown), head.problem()));
    } else if (head.merging() == Merging.GRAPH && states != null) {
      if (!head.problem().isEmpty()) {
        outputs.view(view(known, null, false, List.of(), head.problem()));
        return;
      }
      var shown = VisibleState.of(known, graph, states);
      if (!shown.live().isEmpty()) {
        outputs.view(view(known, shown.state(), shown.open(), shown.live(), shown.problem()));
      }
    }
  }

  /** The one live branch of an aggregate that nothing is concurrent in. */
  private List<VersionState> folds(TypeFold known, @Nullable EncodedMessage shown) {
    var last = head.last();
    return known.commutes() || last == null
        ? List.of()
        : List.of(new VersionState(last, head.hlc(), shown));
  }

  private AggregateView view(
      TypeFold known,
      @Nullable EncodedMessage shown,
      boolean conflict,
      List<VersionState> live,
      String problem) {
    return new AggregateView(
        environment.region().value(),
        key,
        head.applied(),
        head.hlc(),
        shown,
        known.type().stateCodec().contentType(),
        conflict,
        live,
        head.voided(),
        problem);
  }
}
