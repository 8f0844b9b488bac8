package dev.anabranch.operators.projection.version;

import java.util.concurrent.ThreadLocalRandom;

/** Ids of claims. */
public final class ClaimIds {

  private ClaimIds() {}

  /** A new one for each claim: what an earlier one of the same task still sends is fenced too. */
  public static long next() {
    return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  }
}
