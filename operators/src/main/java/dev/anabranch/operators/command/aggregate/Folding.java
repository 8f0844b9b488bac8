package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.history.Commit;
import dev.anabranch.history.FoldedState;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.task.StoreContradictionException;
import dev.anabranch.replicated.ReplicatedStates;
import dev.anabranch.wire.blob.WireFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Folds commits onto versions of one aggregate, and remembers why that did not succeed. From then
 * on versions have a past and no state.
 */
final class Folding {

  /** Why an aggregate with a single home is parked until its versions are made from the log. */
  static final String FORKED =
      "regions have changed it at once, though its type has a single home: its versions are made"
          + " from the log";

  private final @Nullable TypeFold type;
  private final boolean hasGraph;
  private @Nullable String problem;
  private boolean needsAll;

  /**
   * @param problem why the version before can't be folded; null: it can
   */
  Folding(@Nullable TypeFold type, boolean hasGraph, @Nullable String problem) {
    this.type = type;
    this.hasGraph = hasGraph;
    this.problem = problem;
  }

  /** Whether a durable row is folded into a version already. */
  static boolean isApplied(Version version, LogRow row, Dot dot) {
    var outcome = row.outcome();
    if (!outcome.kind().hasVersion()) {
      return version.past().covers(dot);
    }
    if (outcome.version() > version.version() + 1) {
      throw new StoreContradictionException(
          "the store has version "
              + outcome.version()
              + " of "
              + outcome.aggregate()
              + " at "
              + row.position()
              + " right after version "
              + version.version());
    }
    return outcome.version() <= version.version();
  }

  /**
   * Drops from the state of replicated data types what is kept for the sake of commits that no
   * region can make any more. No query answers differently, nor will.
   */
  static Version stable(Version version, HeardRegions heard) {
    var state =
        ReplicatedStates.stable(version.foldedState(), heard.stable(version.past().applied()));
    return state == version.state() ? version : version.withState(state);
  }

  /** Why the last version has no state; null: it has one. */
  @Nullable String problem() {
    return problem;
  }

  /** Whether the problem is one that goes when all commits are folded anew. */
  boolean needsAll() {
    return needsAll;
  }

  /**
   * Reads the commit of a row with a version, or of a tombstone's; null: that is a problem now.
   *
   * @param where for messages
   */
  @Nullable Commit read(Outcome outcome, Object where) {
    if (outcome.dot() == null) {
      throw new StoreContradictionException(
          "the commit at " + where + " has no dot; run anabranch verify");
    }
    try {
      return Commit.of(outcome);
    } catch (WireFormatException e) {
      problem = "the causality of its commit at " + where + " can't be read: " + e.getMessage();
      return null;
    }
  }

  /**
   * The version after a row of the log.
   *
   * @param commit what was {@link #read} of the row
   */
  Version afterRead(Version before, @Nullable Commit commit, LogRow row) {
    return commit == null
        ? unreadable(before, row.outcome(), row.outcome().commitDot())
        : after(before, commit, row.position());
  }

  /** The version after a commit that can't be read: only its dot and time are known. */
  Version unreadable(Version before, Outcome outcome, Dot dot) {
    var hlc = outcome.stamp().hlc();
    var dependencies = before.past().dependenciesAt(dot.origin(), hlc);
    var past = before.past().afterOwn(dot, hlc, dependencies);
    return new Version(versionAfter(before, outcome), past, past.frontier(), null);
  }

  /**
   * The version after a commit, as it comes from the log. What can't just go on from the version
   * before it is a problem.
   *
   * @param where for messages
   */
  Version after(Version before, Commit commit, Object where) {
    if (isOutOfOrder(before, commit)) {
      needsAll = true;
      problem =
          "its commit "
              + commit.dot()
              + " stands before others that it came after, or repeats one: its state is derived"
              + " again from all of them";
    }
    var after = next(before, commit, where);
    if (isFork(after.past())) {
      needsAll = true;
      problem = FORKED;
      return new Version(after.version(), after.past(), after.live(), null);
    }
    return after;
  }

  /** The version after the next commit in the order in which all are folded. */
  Version next(Version before, Commit commit, Object where) {
    checkChoice(commit, where);
    var past =
        before
            .past()
            .after(commit.dot(), commit.hlc(), commit.context(), commit.causality().dependencies());
    Object state = null;
    if (problem == null) {
      state = commit.isTombstone() || hasGraph ? before.state() : stateAfter(before, commit, where);
    }
    return new Version(versionAfter(before, commit.outcome()), past, past.frontier(), state);
  }

  private static long versionAfter(Version before, Outcome outcome) {
    return outcome.kind().hasVersion() ? outcome.version() : before.version();
  }

  /**
   * Whether a commit of an aggregate with a single home had not seen all that is applied: two
   * regions have acted as its home. Rare, so that no graph is kept before.
   */
  private boolean isFork(CausalPast past) {
    return past.frontier().size() > 1 && !hasGraph && type != null && type.hasOneHome();
  }

  /**
   * Whether a state of replicated data types can't just go on from the one before it: a command was
   * accepted in two regions, and the first of its commits counts; or a payload comes that a filter
   * withheld when its effects came. Both are rare, and the whole history is folded anew.
   */
  private boolean isOutOfOrder(Version before, Commit commit) {
    return type != null
        && commit.kind() == RowKind.COMMIT
        && type.commutes()
        && (!commit.outcome().slot().isEmpty() || before.past().covers(commit.dot()));
  }

  /** Replicated data types can't leave out what was not chosen under another policy. */
  private void checkChoice(Commit commit, Object where) {
    var chosen = type == null ? "" : type.choiceIn(commit);
    if (!chosen.isEmpty()) {
      problem = "its commit at " + where + " can't be folded: " + chosen;
    }
  }

  private @Nullable Object stateAfter(Version before, Commit commit, Object where) {
    if (type == null) {
      problem = "its type is not registered with this job";
      return null;
    }
    var after = type.fold(FoldedState.of(before.foldedState()), commit);
    if (after.isBroken()) {
      problem = "its " + after.problem() + "; it is at " + where;
    }
    return after.orNull();
  }
}
