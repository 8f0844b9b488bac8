package dev.anabranch.replicated;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Operations of two sites, p1 and p2, as truth tables write them: {@code p1(2, 1)} is the second
 * commit of p1, which had seen one of p2.
 */
final class Ops {

  static final RegionId P1 = new RegionId("p1");
  static final RegionId P2 = new RegionId("p2");

  private Ops() {}

  static EventContext p1(long n1, long n2) {
    return p1(n1, n2, (n1 + n2) * 1_000);
  }

  static EventContext p1(long n1, long n2, long millis) {
    return EventContext.of(new Dot(P1, n1), time(n1 - 1, n2), hlc(millis));
  }

  static EventContext p2(long n1, long n2) {
    return p2(n1, n2, (n1 + n2) * 1_000);
  }

  static EventContext p2(long n1, long n2, long millis) {
    return EventContext.of(new Dot(P2, n2), time(n1, n2 - 1), hlc(millis));
  }

  static VectorTime time(long n1, long n2) {
    return VectorTime.of(Map.of(P1, n1, P2, n2));
  }

  static <S> Op<S> op(EventContext at, BiFunction<S, EventContext, S> apply) {
    return new Op<>(at, apply);
  }

  /** The one result of all orders in which the operations may arrive. */
  @SafeVarargs
  static <S> S inEveryOrder(S initial, Op<S>... ops) {
    var results = new ArrayList<S>();
    permute(initial, List.of(ops), VectorTime.ZERO, results);
    for (var result : results) {
      if (!result.equals(results.get(0))) {
        throw new AssertionError("orders differ: " + results.get(0) + " and " + result);
      }
    }
    return results.get(0);
  }

  private static <S> void permute(S state, List<Op<S>> left, VectorTime applied, List<S> results) {
    if (left.isEmpty()) {
      results.add(state);
    }
    for (var next : left) {
      if (next.at.context().isBeforeOrEqual(applied)) {
        var rest = new ArrayList<>(left);
        rest.remove(next);
        var dot = next.at.dot();
        permute(
            next.apply.apply(state, next.at), rest, applied.with(dot.origin(), dot.n()), results);
      }
    }
    if (!left.isEmpty()
        && left.stream().noneMatch(op -> op.at.context().isBeforeOrEqual(applied))) {
      throw new AssertionError("no order respects causality: " + left + " after " + applied);
    }
  }

  private static long hlc(long millis) {
    return HybridLogicalClock.of(millis, 0);
  }

  record Op<S>(EventContext at, BiFunction<S, EventContext, S> apply) {}
}
