package dev.anabranch.model.message;

import dev.anabranch.model.Shards;

/**
 * A region misses rows of another region's published log, and asks that one to publish them again.
 *
 * @param region that misses them
 * @param log the region in whose log they are
 * @param shard of that log
 * @param from offset of the first missing row
 * @param to the offset behind the last one
 * @param atMillis when it asked, by its wall clock
 * @param hops how many more regions may pass the request on
 */
public record RangeRequest(
    String region, String log, int shard, long from, long to, long atMillis, int hops) {

  public RangeRequest {
    if (shard < 0 || shard >= Shards.MAX_SHARDS || from < 0 || to <= from) {
      throw new IllegalArgumentException(
          "shard " + shard + " has no rows from " + from + " to before " + to);
    }
    if (hops < 0 || hops > RepublishRequest.MAX_HOPS) {
      throw new IllegalArgumentException(
          "hops must be 0 to " + RepublishRequest.MAX_HOPS + ", not " + hops);
    }
  }

  /** The request as the next region passes it on. */
  public RangeRequest passedOn() {
    return new RangeRequest(region, log, shard, from, to, atMillis, hops - 1);
  }
}
