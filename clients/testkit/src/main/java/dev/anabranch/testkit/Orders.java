package dev.anabranch.testkit;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Folds commits in every order that respects causality, and compares the outcomes. */
final class Orders<S, E> {

  private final CheckedType<S, ?, E> type;
  private S expected;
  private List<Dot> expectedOrder = List.of();
  private int count;

  /**
   * @param initial the outcome of no commits
   */
  Orders(CheckedType<S, ?, E> type, S initial) {
    this.type = type;
    this.expected = initial;
  }

  S expected() {
    return expected;
  }

  void explore(List<StoredCommit> left, S state, VectorTime applied, List<Dot> order) {
    if (count >= RegionsFixture.MAX_ORDERS) {
      return;
    }
    if (left.isEmpty()) {
      compare(state, order);
    }
    for (var next : left) {
      var dot = next.at().dot();
      if (next.at().context().isBeforeOrEqual(applied)) {
        var rest = new ArrayList<>(left);
        rest.remove(next);
        var longer = new ArrayList<>(order);
        longer.add(dot);
        explore(rest, type.fold(state, List.of(next)), applied.with(dot.origin(), dot.n()), longer);
      }
    }
  }

  private void compare(S state, List<Dot> order) {
    if (count++ == 0) {
      expected = state;
      expectedOrder = order;
      return;
    }
    var bytes = type.encodeState(state);
    var expectedBytes = type.encodeState(expected);
    if (!Arrays.equals(bytes, expectedBytes)) {
      throw new AssertionError(
          String.format(
              "regions diverge: evolve depends on the order in which concurrent events arrive;"
                  + " change the state by replicated data types only%n  %s%n  makes %s%n  %s%n"
                  + "  makes %s",
              expectedOrder, text(expectedBytes), order, text(bytes)));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
