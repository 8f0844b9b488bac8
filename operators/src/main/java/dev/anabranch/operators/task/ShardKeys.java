package dev.anabranch.operators.task;

import dev.anabranch.model.Shards;

/**
 * For each shard, a key of the stream that falls into it and that no aggregate has: the shard's own
 * state is kept under it, in the same keyed backend, and so moves with the shard when a job is
 * rescaled. ('!' is in no type name.)
 *
 * <p>The keys are part of the savepoint format: the rule that makes them never changes.
 */
public final class ShardKeys {

  private static final String PREFIX = "!shard/";

  private ShardKeys() {}

  /**
   * Key of shard {@code i} at index {@code i}: the first of the texts "!shard/0", "!shard/1" ...
   */
  public static String[] forShardCount(int shardCount) {
    var keys = new String[shardCount];
    var missing = shardCount;
    for (var salt = 0; missing > 0; salt++) {
      var candidate = PREFIX + salt;
      var shard = Shards.shardOf(candidate, shardCount);
      if (keys[shard] == null) {
        keys[shard] = candidate;
        missing--;
      }
    }
    return keys;
  }
}
