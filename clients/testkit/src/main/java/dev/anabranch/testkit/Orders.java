package dev.anabranch.testkit;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes commits in every order that respects causality, and compares what a region then sees. */
final class Orders<S> {

  private final CheckedType<S, ?, ?> type;
  private final PolicyFold<S> fold;
  private @Nullable Seen<S> expected;
  private List<Dot> expectedOrder = List.of();
  private int count;

  Orders(CheckedType<S, ?, ?> type) {
    this.type = type;
    this.fold = new PolicyFold<>(type);
  }

  /**
   * What all orders come to.
   *
   * @throws AssertionError if two orders differ; shows both
   */
  Seen<S> explore(List<RegionCommit> commits) {
    explore(commits, VectorTime.ZERO, List.of());
    return Objects.requireNonNull(expected, "commits that need each other have no order");
  }

  private void explore(List<RegionCommit> left, VectorTime applied, List<RegionCommit> order) {
    if (count >= RegionsFixture.MAX_ORDERS) {
      return;
    }
    if (left.isEmpty()) {
      compare(order);
    }
    for (var next : left) {
      var dot = next.dot();
      if (next.context().isBeforeOrEqual(applied)) {
        var rest = new ArrayList<>(left);
        rest.remove(next);
        var longer = new ArrayList<>(order);
        longer.add(next);
        explore(rest, applied.with(dot.origin(), dot.n()), longer);
      }
    }
  }

  private void compare(List<RegionCommit> order) {
    var seen = fold.seen(order);
    var dots = order.stream().map(RegionCommit::dot).toList();
    count++;
    if (expected == null) {
      expected = seen;
      expectedOrder = dots;
    } else if (!text(seen).equals(text(expected))) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "regions diverge: evolve depends on the order in which concurrent events arrive;"
                  + " change the state by replicated data types only%n  %s%n  makes %s%n  %s%n"
                  + "  makes %s",
              expectedOrder,
              text(expected),
              dots,
              text(seen)));
    }
  }

  private String text(Seen<S> seen) {
    return seen.state() != null ? text(seen.state()) : texts(seen.branches()).toString();
  }

  private List<String> texts(List<LiveVersion<S>> branches) {
    return branches.stream().map(branch -> branch.dot() + " " + text(branch.state())).toList();
  }

  private String text(S state) {
    return new String(type.encodeState(state), StandardCharsets.ISO_8859_1);
  }
}
