package dev.anabranch.model.message;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;

/**
 * A region misses commits of an aggregate, and asks those that read it to publish theirs again.
 *
 * @param region that misses them
 * @param applied per origin, how many commits of the aggregate it has
 * @param atMillis when it asked, by its wall clock
 * @param hops how many more regions may pass the request on, if they have none of the commits
 */
public record RepublishRequest(
    String region, AggregateKey aggregate, VectorTime applied, long atMillis, int hops) {

  public static final int MAX_HOPS = 64;

  public RepublishRequest {
    if (hops < 0 || hops > MAX_HOPS) {
      throw new IllegalArgumentException("hops must be 0 to " + MAX_HOPS + ", not " + hops);
    }
  }

  /** The request as the next region passes it on. */
  public RepublishRequest passedOn() {
    return new RepublishRequest(region, aggregate, applied, atMillis, hops - 1);
  }
}
