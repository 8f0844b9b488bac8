package dev.anabranch.operators.replication;

import dev.anabranch.causality.RegionId;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the replication operator; travels with the job graph.
 *
 * @param region the own region
 * @param shardCount the region's shard count, equal to the job's maximum parallelism
 * @param regions all regions there are, the own one among them: what is known of them tells what is
 *     stable
 * @param maxHeld commits that one subtask keeps for want of others before them
 * @param holdPatience how long a commit may wait before the own store is asked, and an alarm given
 * @param maxClockSkew how far the hybrid logical time of another region's commit may be ahead of
 *     the wall clock; one beyond it waits until the clock is there
 * @param maxFills aggregates that one subtask reads from the store at a time, or waits to
 * @param cachedAggregates aggregates that one subtask keeps decoded on the heap
 * @param cachedBytes bytes of their states and events, encoded
 */
public record ReplicationOptions(
    String region,
    int shardCount,
    List<String> regions,
    int maxHeld,
    Duration holdPatience,
    Duration maxClockSkew,
    int maxFills,
    int cachedAggregates,
    long cachedBytes)
    implements Serializable {

  /** The default of {@link #cachedBytes}. */
  public static final long DEFAULT_CACHED_BYTES = 64L << 20;

  public ReplicationOptions {
    regions = List.copyOf(regions);
    regions.forEach(RegionId::new);
    if (!regions.contains(region)) {
      throw new IllegalArgumentException(
          "the regions " + regions + " don't name the own one, " + region);
    }
    if (maxClockSkew.isNegative()) {
      throw new IllegalArgumentException(
          "a clock-skew limit of 0 or more is needed: " + maxClockSkew);
    }
    if (cachedAggregates < 1) {
      throw new IllegalArgumentException(
          "a cache of at least one aggregate is needed: " + cachedAggregates);
    }
    if (cachedBytes < 1) {
      throw new IllegalArgumentException("a cache of at least one byte is needed: " + cachedBytes);
    }
    if (maxHeld < 1 || maxFills < 1 || holdPatience.isNegative() || holdPatience.isZero()) {
      throw new IllegalArgumentException(
          "at least one held commit, one fill and a patience above 0 are needed: "
              + maxHeld
              + ", "
              + maxFills
              + ", "
              + holdPatience);
    }
  }
}
