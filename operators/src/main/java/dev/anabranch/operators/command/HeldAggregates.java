package dev.anabranch.operators.command;

import dev.anabranch.model.Shards;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Which aggregates hold commits of other regions that came too early. Kept beside their gates,
 * under the key of their shard, so that they are found after a restart: what they wait for may be
 * in the log by then, and would not come again.
 *
 * <p><b>Bounds.</b> One name for each aggregate that holds something; the cross-region job hands
 * commits over in causal order, so these are few.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class HeldAggregates {

  /** Among the entries of a shard's key; the gates' own entries are under aggregates' keys. */
  static final String HOLDING = "holding/";

  private static final byte[] PRESENT = {1};

  private final KeyedMap entries;
  private final String[] shardKeys;
  private final Set<String> keys = new HashSet<>();

  HeldAggregates(OwnedState state, int shardCount) {
    this.entries = state.gateEntries();
    this.shardKeys = ShardKeys.forShardCount(shardCount);
  }

  /** Reads what the checkpoint has of a shard. */
  void own(int shard) {
    for (var name : entries.all(shardKeys[shard]).keySet()) {
      if (name.startsWith(HOLDING)) {
        keys.add(name.substring(HOLDING.length()));
      }
    }
  }

  boolean has(String aggregate) {
    return !keys.isEmpty() && keys.contains(aggregate);
  }

  void add(String aggregate) {
    if (keys.add(aggregate)) {
      entries.put(keyOf(aggregate), HOLDING + aggregate, PRESENT);
    }
  }

  void remove(String aggregate) {
    if (keys.remove(aggregate)) {
      entries.remove(keyOf(aggregate), HOLDING + aggregate);
    }
  }

  /** Returns the aggregates of some shards, in a fixed order. */
  Iterable<String> of(IntPredicate shards) {
    return keys.stream().filter(key -> shards.test(shardOf(key))).sorted().toList();
  }

  private String keyOf(String aggregate) {
    return shardKeys[shardOf(aggregate)];
  }

  private int shardOf(String aggregate) {
    return Shards.shardOf(aggregate, shardKeys.length);
  }
}
