package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A counter that only grows. Its value is the sum of all increments of all regions.
 *
 * <p><b>Bounds.</b> Outside of maps it is one number. As the value of a map it keeps the amount of
 * each event until that is stable.
 */
public final class GrowCounter extends Replicated<GrowCounter> {

  public static final GrowCounter ZERO = new GrowCounter(Total.ZERO);

  private final Total total;

  private GrowCounter(Total total) {
    this.total = total;
  }

  /**
   * Counts up.
   *
   * @throws IllegalArgumentException if the amount is not positive
   */
  public GrowCounter add(long amount, EventContext at) {
    if (amount <= 0) {
      throw new IllegalArgumentException(
          "a grow-only counter can't count "
              + amount
              + "; add a positive amount, or take a PnCounter");
    }
    return new GrowCounter(total.with(amount, at));
  }

  /**
   * The sum.
   *
   * @throws ArithmeticException if it does not fit; {@link #exactValue} always does
   */
  public long value() {
    return total.value();
  }

  public BigInteger exactValue() {
    return total.sum();
  }

  /** The amounts that a counter in a map keeps; empty: it is in no map. */
  public Optional<Amounts> amounts() {
    return Optional.ofNullable(total.amounts());
  }

  /**
   * For codecs: a counter that is in no map.
   *
   * @throws IllegalArgumentException if the sum is negative
   */
  public static GrowCounter ofValue(BigInteger sum) {
    if (sum.signum() < 0) {
      throw new IllegalArgumentException("a grow-only counter can't be " + sum);
    }
    return new GrowCounter(new Total(sum, null));
  }

  /**
   * For codecs: a counter in a map.
   *
   * @throws IllegalArgumentException if an amount is not positive
   */
  public static GrowCounter ofAmounts(Amounts amounts) {
    if (!amounts.isEmpty() && !amounts.arePositive()) {
      throw new IllegalArgumentException("a grow-only counter can't count " + amounts);
    }
    return new GrowCounter(Total.of(amounts));
  }

  @Override
  public GrowCounter stable(VectorTime stable) {
    var merged = total.stable(stable);
    return merged == total ? this : new GrowCounter(merged);
  }

  @Override
  GrowCounter without(EventContext at) {
    return new GrowCounter(total.without(at));
  }

  @Override
  GrowCounter forgettable() {
    return new GrowCounter(Total.FORGETTABLE_ZERO);
  }

  @Override
  boolean isInitial() {
    return total.isInitial();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GrowCounter counter && total.equals(counter.total);
  }

  @Override
  public int hashCode() {
    return total.hashCode();
  }

  @Override
  public String toString() {
    return total.sum().toString();
  }
}
