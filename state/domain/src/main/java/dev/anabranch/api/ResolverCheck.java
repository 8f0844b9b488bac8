package dev.anabranch.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks a resolver the same question several times, in several orders, and compares the bytes of the
 * answers: what is impure shows, not always, but often.
 */
public final class ResolverCheck {

  private static final int MAX_PERMUTED = 4;

  private ResolverCheck() {}

  /**
   * What is wrong with the resolver's answer for these versions; empty if nothing shows.
   *
   * @param live in (hlc, dot) order, as the resolver is given them. It is entitled to that order,
   *     so other orders are checked only for a resolver that claims not to need it
   * @param anyOrder whether the answer must not depend on the order
   * @param encode canonical bytes of a state
   */
  public static <S> Optional<String> findImpurity(
      ConflictResolver<S> resolver,
      List<LiveVersion<S>> live,
      S base,
      boolean anyOrder,
      Function<S, byte[]> encode) {
    byte[] first;
    try {
      first = encode.apply(resolver.resolve(live, base));
      if (!Arrays.equals(first, encode.apply(resolver.resolve(live, base)))) {
        return Optional.of(problem(resolver, live, "answers the same question differently"));
      }
      if (anyOrder) {
        for (var order : orders(live)) {
          if (!Arrays.equals(first, encode.apply(resolver.resolve(order, base)))) {
            return Optional.of(problem(resolver, live, "depends on the order of the versions"));
          }
        }
      }
    } catch (RuntimeException e) {
      return Optional.of(problem(resolver, live, "throws " + e));
    }
    return Optional.empty();
  }

  /** All orders of a few; of many the reverse and each rotation, so that each is first and last. */
  private static <S> List<List<LiveVersion<S>>> orders(List<LiveVersion<S>> live) {
    var orders = new ArrayList<List<LiveVersion<S>>>();
    if (live.size() <= MAX_PERMUTED) {
      permute(live, List.of(), orders);
      return orders;
    }
    var reversed = new ArrayList<>(live);
    Collections.reverse(reversed);
    orders.add(reversed);
    for (var i = 1; i < live.size(); i++) {
      var rotated = new ArrayList<>(live);
      Collections.rotate(rotated, i);
      orders.add(rotated);
    }
    return orders;
  }

  private static <T> void permute(List<T> rest, List<T> chosen, List<List<T>> orders) {
    if (rest.isEmpty()) {
      orders.add(chosen);
    }
    for (var i = 0; i < rest.size(); i++) {
      var more = new ArrayList<>(chosen);
      more.add(rest.get(i));
      var fewer = new ArrayList<>(rest);
      fewer.remove(i);
      permute(fewer, more, orders);
    }
  }

  private static <S> String problem(
      ConflictResolver<S> resolver, List<LiveVersion<S>> live, String problem) {
    return "resolver "
        + resolver.id()
        + " "
        + problem
        + "; versions "
        + live.stream().map(version -> version.dot().toString()).toList()
        + " stay an open conflict. Make it a pure function of its arguments";
  }
}
