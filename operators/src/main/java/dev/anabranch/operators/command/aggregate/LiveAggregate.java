package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.history.Commit;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.waiting.Lookup;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.MissingVersionException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A decoded aggregate on the heap: what is committed, and the head that pending commands have been
 * decided on.
 *
 * <p><b>Order.</b> What is decided is {@link #admit admitted}, and moves the head. Later it {@link
 * #becameDurable becomes durable}, or has {@link #left}, in the order of admission. Rows that this
 * attempt has not decided are {@link #replay replayed}, while nothing is pending.
 *
 * <p><b>Failure.</b> What can't be folded breaks the aggregate: it keeps the reason, has no state,
 * and may be made anew from its history once in each attempt, or again after a commit that may have
 * mended it.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class LiveAggregate {

  private static final Logger LOG = LoggerFactory.getLogger(LiveAggregate.class);

  private final AggregateKey key;
  private final String routingKey;
  private final @Nullable TypeFold fold;
  private final Keeper keeper;

  /** Decided commands without a known outcome, in order. */
  private final PendingOutcomes pending = new PendingOutcomes();

  /** What other regions have; null: the type has a single home, so nobody asks. */
  private @Nullable HeardRegions heard;

  private @Nullable AggregateGraph graph;
  private @Nullable AggregateGate gate;

  /** What the log says. */
  private Version committed;

  /** {@link #committed}, and all pending commands upon it. */
  private Version head;

  private CommandWindow window;
  private @Nullable String brokenReason;

  /** Whether this attempt has tried to make a broken aggregate anew. */
  private boolean rebuildTried;

  /** Commands that wait until it is made anew; null: that is not under way. */
  private @Nullable List<Lookup> rebuildWaiters;

  /**
   * @param fold of its type; null if this job does not know it
   * @param graph where regions change aggregates of this type at once and a policy decides, or have
   *     changed this one at once though the type has a single home; null elsewhere
   */
  public LiveAggregate(
      AggregateKey key,
      String routingKey,
      @Nullable TypeFold fold,
      @Nullable HeardRegions heard,
      @Nullable AggregateGraph graph,
      Version committed,
      CommandWindow window,
      Keeper keeper) {
    this.key = key;
    this.routingKey = routingKey;
    this.fold = fold;
    this.heard = heard;
    this.graph = graph;
    this.committed = committed;
    this.head = committed;
    this.window = window;
    this.keeper = keeper;
  }

  public AggregateKey key() {
    return key;
  }

  public String routingKey() {
    return routingKey;
  }

  /** The type; null if this job does not know it. */
  @Nullable
  public AggregateType<Object, Object, Object> type() {
    return fold == null ? null : fold.type();
  }

  @Nullable TypeFold fold() {
    return fold;
  }

  /** The versions; null: no regions have changed the aggregate at once, nor may do so. */
  @Nullable
  public AggregateGraph graph() {
    return graph;
  }

  @Nullable HeardRegions heard() {
    return heard;
  }

  Version committed() {
    return committed;
  }

  /** What the next command is decided on: all that is committed or pending. */
  public Version head() {
    return head;
  }

  /** Why the state can't be folded; null: it can. */
  @Nullable
  public String brokenReason() {
    return brokenReason;
  }

  /** Says that it can't be folded, and why; with null that it can. */
  void breakWith(@Nullable String reason) {
    brokenReason = reason;
  }

  /** The gate; null until a commit of another region came. */
  @Nullable
  public AggregateGate openGate() {
    return gate;
  }

  AggregateGate gate(CommandState state) {
    var open = gate;
    if (open == null) {
      open = new AggregateGate(routingKey, state);
      gate = open;
    }
    return open;
  }

  // -- What is pending.

  public boolean hasPending() {
    return !pending.isEmpty();
  }

  /** What is pending with this command id; null: nothing. */
  @Nullable
  public PendingOutcome pending(String commandId) {
    return pending.find(commandId);
  }

  /** Where the row of a recent command is in its shard's log; less than 0: it is not known. */
  public long offsetOf(String commandId) {
    return window.offsetOf(CommandWindow.hash(commandId));
  }

  /** Takes what was decided on the head. A row moves the head on; application code may break it. */
  public void admit(PendingOutcome command) {
    if (command.hasRow()) {
      advanceHead(command.row());
      command.headIs(head);
    }
    pending.add(command);
  }

  private void advanceHead(Decided.Row row) {
    var commit = row.commit();
    if (graph == null || commit == null) {
      head = row.after();
      return;
    }
    var after = row.after();
    Object state = null;
    try {
      graph.addToHead(commit);
      state = graph.state();
    } catch (Throwable e) {
      // Another region's commit, or a resolver: the row is stored all the same.
      broken("its versions can't be made one by this release", e);
    }
    head = new Version(after.version(), after.past(), graph.live(), state);
  }

  /**
   * The version after another region's commit on the head. If its events can't be folded the
   * aggregate breaks, and the version has no state. The state of an aggregate with a graph comes
   * from there, when the commit is admitted.
   */
  public Version afterHead(Commit commit) {
    var folding = folding();
    var after = folding.after(head, commit, commit.dot());
    folded(folding);
    return after;
  }

  /**
   * The row of the first one that is pending has become durable.
   *
   * @param commandWindow how many recent commands are remembered
   */
  public void becameDurable(PendingOutcome command, LogRow row, int commandWindow) {
    pending.removeFirst(command);
    committed = command.after();
    commit(command.row().commit());
    keeper.grew(row.outcome().blobs().events().length);
    nothingPending();
    remember(row, commandWindow);
    keeper.changed();
  }

  /** The first one that is pending has no row, and may be answered. */
  public void left(PendingOutcome command) {
    pending.removeFirst(command);
    nothingPending();
  }

  /** One that is pending is a repeat of a stored command. What was decided on it is void. */
  public void withdraw(PendingOutcome command) {
    pending.remove(command);
  }

  /** Gives back what is pending, to be decided again: the head falls back to what is durable. */
  public List<PendingOutcome> takePending() {
    resetHead();
    return pending.takeAll();
  }

  private void resetHead() {
    head = committed;
    if (graph != null) {
      graph.dropHead();
    }
  }

  private void nothingPending() {
    if (pending.isEmpty() && graph != null) {
      graph.dropHead();
      compact();
    }
  }

  private void remember(LogRow row, int commandWindow) {
    var commandId = row.outcome().commandId();
    if (commandId != null && row.outcome().slot().isEmpty()) {
      remember(commandId, row.offset(), commandWindow);
    }
  }

  /** Remembers where the row of a command is, so that a repeat is answered from there. */
  void remember(String commandId, long offset, int commandWindow) {
    window = window.with(CommandWindow.hash(commandId), offset, commandWindow);
  }

  boolean isPinned() {
    return !pending.isEmpty() || rebuildWaiters != null;
  }

  // -- What is folded: the stored bytes, never a second decision.

  /**
   * Moves the aggregate over a durable row that no pending row of this attempt stands for.
   * Idempotent: a commit is folded only onto the version before it.
   *
   * @param itsGate which few rows ask for, and the aggregate keeps
   * @param commandWindow how many recent commands are remembered
   */
  public void replay(LogRow row, Supplier<AggregateGate> itsGate, int commandWindow) {
    var outcome = row.outcome();
    var dot = outcome.dot();
    if (dot != null && !Folding.isApplied(committed, row, dot)) {
      if (outcome.kind() == RowKind.TOMBSTONE) {
        itsGate.get().storeHollow(dot);
      } else if (committed.past().covers(dot)) {
        itsGate.get().eraseHollow(dot);
      }
      var folding = folding();
      var commit = folding.read(outcome, row.position());
      committed = folding.afterRead(committed, commit, row);
      folded(folding);
      commit(commit);
      keeper.grew(outcome.blobs().events().length);
      committed = withGraph(committed);
      head = committed;
      compact();
    }
    remember(row, commandWindow);
    keeper.changed();
  }

  private Folding folding() {
    return new Folding(fold, graph != null, brokenReason);
  }

  private void folded(Folding folding) {
    brokenReason = folding.problem();
    rebuildTried &= !folding.needsAll();
  }

  /** Notes a row that has become durable where the graph is, and what other regions have. */
  private void commit(@Nullable Commit commit) {
    if (commit == null) {
      return;
    }
    if (graph == null) {
      if (heard != null && brokenReason == null) {
        heard.hear(commit.dot(), commit.context());
      }
      return;
    }
    try {
      graph.addCommitted(commit);
    } catch (Throwable e) {
      broken("its version " + commit.dot() + " can't be folded by this release", e);
    }
  }

  /** Application code threw. A version that is missing is found when all are made anew. */
  private void broken(String what, Throwable e) {
    rebuildTried &= !(e instanceof MissingVersionException);
    brokenReason = what + ": " + ApplicationCode.problem(e);
  }

  private Version withGraph(Version version) {
    if (graph == null) {
      return version;
    }
    try {
      return new Version(version.version(), version.past(), graph.live(), graph.state());
    } catch (Throwable e) {
      brokenReason = "its versions can't be folded by this release: " + ApplicationCode.problem(e);
      return new Version(version.version(), version.past(), graph.live(), null);
    }
  }

  /** Drops the versions that no answer needs any more, while nothing is pending. */
  private void compact() {
    if (graph == null || !pending.isEmpty() || brokenReason != null) {
      return;
    }
    try {
      graph.compact(committed.past().applied());
    } catch (Throwable e) {
      // Of an older version that has to be derived for it: the graph stays as large as it is.
      LOG.warn("The versions of {} can't be compacted: {}", key, ApplicationCode.problem(e));
    }
  }

  // -- How a broken one is made anew.

  /** Whether the history is read, or may be: the code may be mended since the last attempt. */
  public boolean mayBeMadeAnew() {
    return fold != null && (!rebuildTried || rebuildWaiters != null);
  }

  /** Whether versions are left that no code can make one, though the graph was made anew. */
  public boolean awaitsChoice() {
    return graph != null && rebuildTried && rebuildWaiters == null && head.live().size() > 1;
  }

  /** A choice was admitted: what is left of the versions of a broken aggregate may be well. */
  public void chosen() {
    rebuildTried &= brokenReason == null;
  }

  /**
   * Lets a command wait until the aggregate is made anew.
   *
   * @return whether it is the first one, so that this has to begin
   */
  public boolean awaitRebuild(Lookup lookup) {
    var waiters = rebuildWaiters;
    if (waiters != null) {
      waiters.add(lookup);
      return false;
    }
    rebuildTried = true;
    rebuildWaiters = new ArrayList<>(List.of(lookup));
    return true;
  }

  /** Making it anew has ended, well or not; returns the commands that have waited for it. */
  public List<Lookup> endRebuild() {
    var waiters = rebuildWaiters;
    rebuildWaiters = null;
    return waiters == null ? List.of() : waiters;
  }

  /** All commits were folded into one state. */
  void madeAnew(Version version, @Nullable String problem, long eventBytes) {
    brokenReason = problem;
    committed = version;
    resetHead();
    keeper.grew(eventBytes);
    keeper.changed();
  }

  /** All commits are in a graph now. */
  void madeAnew(
      HeardRegions newHeard, AggregateGraph newGraph, @Nullable String problem, long eventBytes) {
    heard = newHeard;
    graph = newGraph;
    brokenReason = problem;
    madeAnew(withGraph(committed), brokenReason, eventBytes);
  }

  // -- How it is written back.

  /** Estimate of the size of its state, encoded. */
  long bytes() {
    return keeper.bytes();
  }

  /** The state was encoded, or decoded. */
  void measured(@Nullable EncodedMessage encoded) {
    var now = encoded == null ? 0 : encoded.data().length;
    keeper.grew((graph == null ? now : graph.bytes()) - keeper.bytes());
  }

  /** Writes the committed part. */
  void writeTo(CommandState state) {
    var encoded = encoded();
    if (heard != null) {
      heard.writeBack();
    }
    if (graph != null) {
      graph.writeBack();
    }
    state.writeAggregate(
        routingKey,
        new AggregateRecord(committed.version(), committed.past(), encoded, window, brokenReason));
    measured(encoded);
  }

  private @Nullable EncodedMessage encoded() {
    if (fold == null
        || graph != null
        || committed.state() == null
        || brokenReason != null
        || committed.version() == 0) {
      return null;
    }
    try {
      if (heard != null) {
        var stable = Folding.stable(committed, heard);
        head = head == committed ? stable : head;
        committed = stable;
      }
      return fold.type().stateCodec().encode(committed.foldedState());
    } catch (Throwable e) {
      // Its events are safe in the store: park this aggregate instead of failing every checkpoint.
      brokenReason = "its state can't be encoded by this release: " + ApplicationCode.problem(e);
      LOG.error("Aggregate {} is parked: {}", key, brokenReason);
      return null;
    }
  }

  /**
   * One version of the aggregate.
   *
   * @param version 0: no commit yet
   * @param past what is applied
   * @param live the versions that the next commit extends; several: they are concurrent
   * @param state null only while the aggregate is broken or of an unknown type
   */
  public record Version(long version, CausalPast past, List<Dot> live, @Nullable Object state) {

    Version withState(Object newState) {
      return new Version(version, past, live, newState);
    }

    /** The state, of an aggregate that is not broken. */
    public Object foldedState() {
      if (state == null) {
        throw new IllegalStateException("an aggregate without state can't be decided on or folded");
      }
      return state;
    }
  }
}
