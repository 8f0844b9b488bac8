package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a counter has counted. A sum of its own; as a value of a map also the amounts, since
 * removing the key takes back what was seen.
 *
 * @param amounts null: only the sum is kept
 */
record Total(BigInteger sum, @Nullable Amounts amounts) {

  static final Total ZERO = new Total(BigInteger.ZERO, null);
  static final Total FORGETTABLE_ZERO = of(Amounts.NONE);

  static Total of(Amounts amounts) {
    return new Total(amounts.sum(), amounts);
  }

  Total with(long amount, EventContext at) {
    return amounts == null
        ? new Total(sum.add(BigInteger.valueOf(amount)), null)
        : of(amounts.with(at.id(), amount));
  }

  Total without(EventContext at) {
    if (amounts == null) {
      throw new IllegalStateException("only a counter in a map can forget events");
    }
    return of(amounts.without(at));
  }

  Total stable(VectorTime stable) {
    if (amounts == null) {
      return this;
    }
    var merged = amounts.stable(stable);
    return merged == amounts ? this : new Total(sum, merged);
  }

  long value() {
    return exact(sum);
  }

  boolean isInitial() {
    return sum.signum() == 0 && (amounts == null || amounts.isEmpty());
  }

  static long exact(BigInteger sum) {
    if (sum.bitLength() >= Long.SIZE) {
      throw new ArithmeticException("the sum " + sum + " does not fit into a long");
    }
    return sum.longValue();
  }
}
