package dev.anabranch.cli.replay;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Outcome;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One aggregate's commits, folded by a new release and, if one is given, by the old one. */
final class AggregateReplay {

  private final AggregateKey aggregate;
  private final Release.@Nullable Fold next;
  private Release.@Nullable Fold old;
  private @Nullable String problem;

  AggregateReplay(AggregateKey aggregate, Release next, @Nullable Release old) {
    this.aggregate = aggregate;
    this.next = next.fold(aggregate.type()).orElse(null);
    this.old = old == null ? null : old.fold(aggregate.type()).orElse(null);
    if (this.next == null) {
      problem = "the new release has no aggregate type " + aggregate.type();
    }
  }

  /** Whether either release keeps its versions in a graph, where tombstones count. */
  boolean hasGraph() {
    return (next != null && next.hasGraph()) || (old != null && old.hasGraph());
  }

  /** Takes a row that has a dot, in the order of the log. */
  void commit(Outcome outcome) {
    if (problem != null || next == null) {
      return;
    }
    try {
      next.commit(outcome);
    } catch (Throwable e) {
      problem = where(outcome) + " can't be folded: " + Release.rootMessage(e);
      return;
    }
    if (old != null) {
      try {
        old.commit(outcome);
      } catch (Throwable e) {
        // It was broken before, so there is nothing to compare with.
        old = null;
      }
    }
  }

  /** What is wrong after all commits. */
  Optional<String> problem() {
    if (problem == null && next != null) {
      problem = stateProblem(next);
    }
    return Optional.ofNullable(problem).map(text -> aggregate + ": " + text);
  }

  private static String where(Outcome outcome) {
    return outcome.kind().hasVersion()
        ? "version " + outcome.version()
        : "the withheld commit " + outcome.dot();
  }

  private @Nullable String stateProblem(Release.Fold folded) {
    List<Release.State> states;
    try {
      states = folded.states();
    } catch (Throwable e) {
      return "its state can't be made, written and read: " + Release.rootMessage(e);
    }
    return old == null ? null : difference(folded, states, old);
  }

  /** In a savepoint the old release left its states, which the new one goes on with. */
  private static @Nullable String difference(
      Release.Fold folded, List<Release.State> states, Release.Fold old) {
    List<Release.State> before;
    try {
      before = old.states();
    } catch (Throwable e) {
      return null;
    }
    try {
      var versions = differentVersion(folded, states, before);
      return versions != null ? versions : differentWhole(folded, states, before);
    } catch (Throwable e) {
      return "the state that the old release left can't be read: " + Release.rootMessage(e);
    }
  }

  /**
   * Compares versions. The savepoint has each concurrent one; what they make is derived from them.
   */
  private static @Nullable String differentVersion(
      Release.Fold folded, List<Release.State> states, List<Release.State> before) {
    if (states.size() != before.size()) {
      return "it has "
          + (states.size() - 1)
          + " branches, the old release made "
          + (before.size() - 1)
          + "; did the type's replication policy change?";
    }
    for (var i = 1; i < before.size(); i++) {
      var taken = folded.takeOver(before.get(i));
      if (!taken.hasBytesOf(states.get(i))) {
        return "of its branch " + states.get(i).which() + " " + becomes(taken, states.get(i));
      }
    }
    return null;
  }

  private static @Nullable String differentWhole(
      Release.Fold folded, List<Release.State> states, List<Release.State> before) {
    var taken = folded.takeOver(before.get(0));
    if (taken.hasBytesOf(states.get(0))) {
      return null;
    }
    return states.size() == 1
        ? becomes(taken, states.get(0))
        : "of its "
            + (states.size() - 1)
            + " branches the old release makes "
            + taken.text()
            + ", the new one "
            + states.get(0).text()
            + ": the resolver is another one";
  }

  private static String becomes(Release.State taken, Release.State folded) {
    return "the state that the old release left becomes "
        + taken.text()
        + ", the history folds to "
        + folded.text();
  }
}
