package dev.anabranch.operators.command.aggregate;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.CausalPast;
import dev.anabranch.causality.Dot;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.task.StoreContradictionException;
import dev.anabranch.replicated.ReplicatedStates;
import dev.anabranch.versions.ApplicationCode;
import dev.anabranch.versions.MissingVersionException;
import dev.anabranch.versions.PolicyResolvers;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.CommitFold;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folds stored commits into an aggregate: the stored bytes, never a second decision. */
public final class Folding {

  private static final Logger LOG = LoggerFactory.getLogger(Folding.class);

  /** Why an aggregate with a single home is parked until its versions are made from the log. */
  static final String FORKED =
      "regions have changed it at once, though its type has a single home: its versions are made"
          + " from the log";

  private Folding() {}

  static boolean hasOneHome(AggregateType<?, ?, ?> type) {
    return type.replication() instanceof ReplicationPolicy.SingleHome;
  }

  /**
   * Moves the aggregate over a durable row that no pending row of this attempt stands for.
   * Idempotent: a commit is folded only onto the version before it.
   *
   * @param gate which few rows ask for, and the aggregate keeps
   */
  public static void apply(LiveAggregate aggregate, LogRow row, Supplier<StoredGate> gate) {
    var outcome = row.outcome();
    var before = aggregate.committed;
    var dot = outcome.dot();
    if (dot == null || isApplied(aggregate, row, dot)) {
      return;
    }
    if (outcome.kind() == RowKind.TOMBSTONE) {
      gate.get().storeHollow(dot);
    } else if (before.past().covers(dot)) {
      gate.get().eraseHollow(dot);
    }
    aggregate.committed = after(aggregate, before, outcome, row.position());
    commit(aggregate, outcome);
    aggregate.grew(outcome.blobs().events().length);
    aggregate.committed = withGraph(aggregate, aggregate.committed);
    aggregate.head = aggregate.committed;
    aggregate.markDirty();
    compact(aggregate);
  }

  /**
   * Drops from the state of replicated data types what is kept for the sake of commits that no
   * region can make any more. No query answers differently, nor will.
   */
  static void dropStable(LiveAggregate aggregate) {
    var before = aggregate.committed;
    if (aggregate.heard == null || aggregate.graph != null) {
      return;
    }
    var stable = aggregate.heard.stable(before.past().applied());
    var state = ReplicatedStates.stable(before.foldedState(), stable);
    if (state != before.state()) {
      aggregate.committed = before.withState(state);
      if (aggregate.head == before) {
        aggregate.head = aggregate.committed;
      }
    }
  }

  /** Drops the versions that no answer needs any more, while nothing is pending. */
  static void compact(LiveAggregate aggregate) {
    var graph = aggregate.graph;
    if (graph == null || !aggregate.pending.isEmpty() || aggregate.brokenReason != null) {
      return;
    }
    try {
      graph.compact(aggregate.committed.past().applied());
    } catch (Throwable e) {
      // Of an older version that has to be derived for it: the graph stays as large as it is.
      LOG.warn(
          "The versions of {} can't be compacted: {}", aggregate.key, ApplicationCode.problem(e));
    }
  }

  /**
   * The version after an outcome that has a dot. If its events can't be folded the aggregate is
   * parked, and the version has no state. The state of an aggregate with a graph comes from there.
   *
   * @param where for messages
   */
  public static Version after(
      LiveAggregate aggregate, Version before, Outcome outcome, Object where) {
    if (isOutOfOrder(aggregate, before, outcome)) {
      aggregate.rebuildTried = false;
      aggregate.brokenReason =
          "its commit "
              + outcome.dot()
              + " stands before others that it came after, or repeats one: its state is derived"
              + " again from all of them";
    }
    var after = next(aggregate, before, outcome, where);
    if (isFork(aggregate, after.past())) {
      aggregate.rebuildTried = false;
      aggregate.brokenReason = FORKED;
      return new Version(after.version(), after.past(), after.live(), null);
    }
    return after;
  }

  /**
   * Whether a commit of an aggregate with a single home had not seen all that is applied: two
   * regions have acted as its home. Rare, so that no graph is kept before.
   */
  private static boolean isFork(LiveAggregate aggregate, CausalPast past) {
    return past.frontier().size() > 1
        && aggregate.graph == null
        && aggregate.type != null
        && hasOneHome(aggregate.type);
  }

  static Version next(LiveAggregate aggregate, Version before, Outcome outcome, Object where) {
    var past = pastAfter(aggregate, before.past(), outcome, where);
    var version = outcome.kind().hasVersion() ? outcome.version() : before.version();
    Object state = null;
    if (aggregate.brokenReason == null) {
      state =
          outcome.kind() == RowKind.TOMBSTONE || aggregate.graph != null
              ? before.state()
              : stateAfter(aggregate, before, outcome, where);
    }
    return new Version(version, past, past.frontier(), state);
  }

  /**
   * Whether a state of replicated data types can't just go on from the one before it: a command was
   * accepted in two regions, and the first of its commits counts; or a payload comes that a filter
   * withheld when its effects came. Both are rare, and the whole history is folded anew.
   */
  private static boolean isOutOfOrder(LiveAggregate aggregate, Version before, Outcome outcome) {
    var type = aggregate.type;
    var dot = outcome.dot();
    return type != null
        && dot != null
        && outcome.kind() == RowKind.COMMIT
        && commutes(type)
        && (!outcome.slot().isEmpty() || before.past().covers(dot));
  }

  /** Notes a row that has become durable where the graph is, and what other regions have. */
  public static void commit(LiveAggregate aggregate, Outcome outcome) {
    var graph = aggregate.graph;
    var dot = outcome.dot();
    if (dot == null) {
      return;
    }
    if (graph == null) {
      hear(aggregate, outcome, dot);
      return;
    }
    try {
      graph.addCommitted(outcome);
    } catch (Throwable e) {
      aggregate.rebuildTried &= !(e instanceof MissingVersionException);
      aggregate.brokenReason =
          "its version "
              + outcome.dot()
              + " can't be folded by this release: "
              + ApplicationCode.problem(e);
    }
  }

  private static void hear(LiveAggregate aggregate, Outcome outcome, Dot dot) {
    var heard = aggregate.heard;
    if (heard != null && aggregate.brokenReason == null && heard.listensTo(dot)) {
      heard.hear(dot, CausalityBlob.decode(outcome.blobs().causality()).context());
    }
  }

  private static boolean isApplied(LiveAggregate aggregate, LogRow row, Dot dot) {
    var outcome = row.outcome();
    var before = aggregate.committed;
    if (!outcome.kind().hasVersion()) {
      return before.past().covers(dot);
    }
    if (outcome.version() > before.version() + 1) {
      throw new StoreContradictionException(
          "the store has version "
              + outcome.version()
              + " of "
              + aggregate.key
              + " at "
              + row.position()
              + " right after version "
              + before.version());
    }
    return outcome.version() <= before.version();
  }

  static Version withGraph(LiveAggregate aggregate, Version version) {
    var graph = aggregate.graph;
    if (graph == null) {
      return version;
    }
    try {
      return new Version(version.version(), version.past(), graph.live(), graph.state());
    } catch (Throwable e) {
      aggregate.brokenReason =
          "its versions can't be folded by this release: " + ApplicationCode.problem(e);
      return new Version(version.version(), version.past(), graph.live(), null);
    }
  }

  private static CausalPast pastAfter(
      LiveAggregate aggregate, CausalPast before, Outcome outcome, Object where) {
    var hlc = outcome.stamp().hlc();
    var dot = outcome.dot();
    if (dot == null) {
      throw new StoreContradictionException(
          "the commit at " + where + " has no dot; run anabranch verify");
    }
    try {
      var causality = CausalityBlob.decode(outcome.blobs().causality());
      checkChoice(aggregate, outcome, causality.resolverId(), where);
      return before.after(dot, hlc, causality.context(), causality.dependencies());
    } catch (WireFormatException e) {
      aggregate.brokenReason =
          "the causality of its commit at " + where + " can't be read: " + e.getMessage();
      return before.afterOwn(dot, hlc, before.dependenciesAt(dot.origin(), hlc));
    }
  }

  /** Replicated data types can't leave out what was not chosen under another policy. */
  private static void checkChoice(
      LiveAggregate aggregate, Outcome outcome, String resolverId, Object where) {
    if (aggregate.type != null && commutes(aggregate.type)) {
      var chosen = PolicyResolvers.chosen(outcome.kind(), resolverId);
      if (!chosen.isEmpty()) {
        aggregate.brokenReason = "its commit at " + where + " can't be folded: " + chosen;
      }
    }
  }

  private static boolean commutes(AggregateType<?, ?, ?> type) {
    return type.replication() instanceof ReplicationPolicy.ReplicatedTypes;
  }

  private static @Nullable Object stateAfter(
      LiveAggregate aggregate, Version before, Outcome outcome, Object where) {
    var type = aggregate.type;
    if (type == null) {
      aggregate.brokenReason = "its type is not registered with this job";
      return null;
    }
    try {
      return CommitFold.apply(type, before.foldedState(), outcome);
    } catch (Throwable e) {
      aggregate.brokenReason =
          "its commit at "
              + where
              + " can't be folded by this release: "
              + ApplicationCode.problem(e);
      return null;
    }
  }
}
