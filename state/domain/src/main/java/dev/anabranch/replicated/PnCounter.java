package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A counter that goes up and down. Its value is the sum of all that was added in any region.
 *
 * <p><b>No lower limit.</b> Each of two regions may spend the last unit: that a value stays above
 * zero can't be promised by regions that are cut off from each other.
 *
 * <p><b>Bounds.</b> Outside of maps it is one number. As the value of a map it keeps the amount of
 * each event until that is stable.
 */
public final class PnCounter extends Replicated<PnCounter> {

  public static final PnCounter ZERO = new PnCounter(Total.ZERO);

  private final Total total;

  private PnCounter(Total total) {
    this.total = total;
  }

  /** Counts up; by a negative amount, down. */
  public PnCounter add(long amount, EventContext at) {
    return new PnCounter(total.with(amount, at));
  }

  /**
   * Counts down; by a negative amount, up.
   *
   * @throws ArithmeticException for {@link Long#MIN_VALUE}, which has no opposite
   */
  public PnCounter subtract(long amount, EventContext at) {
    return add(Math.negateExact(amount), at);
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

  /** For codecs: a counter that is in no map. */
  public static PnCounter ofValue(BigInteger sum) {
    return new PnCounter(new Total(sum, null));
  }

  /** For codecs: a counter in a map. */
  public static PnCounter ofAmounts(Amounts amounts) {
    return new PnCounter(Total.of(amounts));
  }

  @Override
  public PnCounter stable(VectorTime stable) {
    var merged = total.stable(stable);
    return merged == total ? this : new PnCounter(merged);
  }

  @Override
  PnCounter without(EventContext at) {
    return new PnCounter(total.without(at));
  }

  @Override
  PnCounter forgettable() {
    return new PnCounter(Total.FORGETTABLE_ZERO);
  }

  @Override
  boolean isInitial() {
    return total.isInitial();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PnCounter counter && total.equals(counter.total);
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
