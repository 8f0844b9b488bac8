package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.EventId;
import dev.anabranch.causality.VectorTime;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sum that knows which event gave how much of it, so that a removal can take back what its
 * decider had seen. What is stable is one amount: every removal to come has seen all of it.
 */
public final class Amounts {

  static final Amounts NONE = new Amounts(null, List.of());

  /**
   * The sum of what is stable. Null says that nothing is, which differs from amounts that add up to
   * 0.
   */
  private final @Nullable BigInteger stable;

  /** By event. */
  private final List<Amount> unstable;

  private Amounts(@Nullable BigInteger stable, List<Amount> unstable) {
    this.stable = stable;
    this.unstable = unstable;
  }

  /**
   * For codecs.
   *
   * @param stable sum of all stable amounts; empty: there are none
   * @throws IllegalArgumentException if the events are out of order
   */
  public static Amounts of(Optional<BigInteger> stable, List<Amount> unstable) {
    for (var i = 1; i < unstable.size(); i++) {
      if (unstable.get(i - 1).event().compareTo(unstable.get(i).event()) >= 0) {
        throw new IllegalArgumentException(
            "event "
                + unstable.get(i).event()
                + " must not follow "
                + unstable.get(i - 1).event()
                + ": each once, in order");
      }
    }
    return new Amounts(stable.orElse(null), List.copyOf(unstable));
  }

  /** Sum of all stable amounts; empty: there are none. */
  public Optional<BigInteger> stable() {
    return Optional.ofNullable(stable);
  }

  /** The amounts of events that are not stable, by event. */
  public List<Amount> unstable() {
    return unstable;
  }

  boolean isEmpty() {
    return stable == null && unstable.isEmpty();
  }

  /** Whether there are amounts, and each is above 0. */
  boolean arePositive() {
    return !isEmpty()
        && (stable == null || stable.signum() > 0)
        && unstable.stream().allMatch(amount -> amount.amount().signum() > 0);
  }

  BigInteger sum() {
    var sum = stable == null ? BigInteger.ZERO : stable;
    for (var amount : unstable) {
      sum = sum.add(amount.amount());
    }
    return sum;
  }

  /** Returns these with an amount more; one event may give several. */
  Amounts with(EventId event, long amount) {
    var added = BigInteger.valueOf(amount);
    var result = new ArrayList<Amount>(unstable.size() + 1);
    var at = 0;
    while (at < unstable.size() && unstable.get(at).event().compareTo(event) < 0) {
      result.add(unstable.get(at++));
    }
    if (at < unstable.size() && unstable.get(at).event().equals(event)) {
      added = added.add(unstable.get(at++).amount());
    }
    result.add(new Amount(event, added));
    result.addAll(unstable.subList(at, unstable.size()));
    return new Amounts(stable, List.copyOf(result));
  }

  /** Without what the event comes after. */
  Amounts without(EventContext at) {
    var left = unstable.stream().filter(amount -> !at.covers(amount.event())).toList();
    if (stable == null && left.size() == unstable.size()) {
      return this;
    }
    return left.isEmpty() ? NONE : new Amounts(null, left);
  }

  Amounts stable(VectorTime time) {
    var sum = stable;
    var left = new ArrayList<Amount>(unstable.size());
    for (var amount : unstable) {
      if (Tags.isStable(amount.event(), time)) {
        sum = sum == null ? amount.amount() : sum.add(amount.amount());
      } else {
        left.add(amount);
      }
    }
    return left.size() == unstable.size() ? this : new Amounts(sum, List.copyOf(left));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Amounts that
        && Objects.equals(stable, that.stable)
        && unstable.equals(that.unstable);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hashCode(stable) + unstable.hashCode();
  }

  @Override
  public String toString() {
    return stable + " and " + unstable;
  }
}
