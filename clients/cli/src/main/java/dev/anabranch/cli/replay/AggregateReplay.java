package dev.anabranch.cli.replay;

import dev.anabranch.model.AggregateKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  void commit(long version, byte[] events) {
    if (problem != null || next == null) {
      return;
    }
    try {
      next.commit(events);
    } catch (RuntimeException | LinkageError e) {
      problem = "version " + version + " can't be folded: " + Release.rootMessage(e);
      return;
    }
    if (old != null) {
      try {
        old.commit(events);
      } catch (RuntimeException | LinkageError e) {
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

  private @Nullable String stateProblem(Release.Fold folded) {
    byte[][] state;
    try {
      state = folded.state();
    } catch (RuntimeException | LinkageError e) {
      return "its state can't be written and read: " + Release.rootMessage(e);
    }
    return old == null ? null : difference(folded, state, old);
  }

  /** In a savepoint the old release left its state, which the new one goes on with. */
  private static @Nullable String difference(
      Release.Fold folded, byte[][] state, Release.Fold old) {
    byte[][] before;
    try {
      before = old.state();
    } catch (RuntimeException | LinkageError e) {
      return null;
    }
    try {
      var taken = folded.takeOver(before);
      return Arrays.equals(taken[2], state[2])
          ? null
          : "the state that the old release left becomes "
              + text(taken[2])
              + ", the history folds to "
              + text(state[2]);
    } catch (RuntimeException | LinkageError e) {
      return "the state that the old release left can't be read: " + Release.rootMessage(e);
    }
  }

  private static String text(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }
}
