package dev.anabranch.store;

import dev.anabranch.causality.RegionId;
import java.util.List;

/**
 * The region's own record in its store.
 *
 * @param storeId random UUID, one per region, written when the store was created
 * @param shardCount fixed at creation; equals the jobs' maximum parallelism
 * @param eventsPartitions fixed at creation: partitions of the events topic
 * @param databases names of the physical databases, as configured
 * @param homes index of the database that holds each shard
 */
@SuppressWarnings("ArrayRecordComponent") // never compared with equals
public record StoreLayout(
    RegionId region,
    String storeId,
    int shardCount,
    int eventsPartitions,
    List<String> databases,
    int[] homes) {

  public int databaseOf(int shard) {
    return homes[shard];
  }

  /** Partition of the events topic that carries the shard: contiguous ranges of shards. */
  public int partitionOf(int shard) {
    return (int) ((long) shard * eventsPartitions / shardCount);
  }
}
