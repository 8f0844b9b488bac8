package dev.anabranch.model;

/**
 * The shard that an aggregate key belongs to: Flink's own key-group function, so that a shard
 * <em>is</em> a key group and moves with it when a job is rescaled.
 *
 * <p>Stored positions depend on it: it never changes. A golden test pins it to Flink's {@code
 * KeyGroupRangeAssignment.assignToKeyGroup}.
 */
public final class Shards {

  public static final int MAX_SHARDS = 32_768;

  private Shards() {}

  /**
   * The shard of an aggregate key, {@code type/id}.
   *
   * @param shardCount the region's shard count = the job's maximum parallelism
   */
  public static int shardOf(String aggregateKey, int shardCount) {
    return murmur(aggregateKey.hashCode()) % shardCount;
  }

  public static int shardOf(AggregateKey key, int shardCount) {
    return shardOf(key.toString(), shardCount);
  }

  /** MurmurHash3 (x86, 32 bit) of one int, made non-negative as Flink does. */
  private static int murmur(int input) {
    var code = input * 0xcc9e2d51;
    code = Integer.rotateLeft(code, 15) * 0x1b873593;
    code = Integer.rotateLeft(code, 13) * 5 + 0xe6546b64;
    code ^= 4;
    code ^= code >>> 16;
    code *= 0x85ebca6b;
    code ^= code >>> 13;
    code *= 0xc2b2ae35;
    code ^= code >>> 16;
    if (code >= 0) {
      return code;
    }
    return code != Integer.MIN_VALUE ? -code : 0;
  }
}
