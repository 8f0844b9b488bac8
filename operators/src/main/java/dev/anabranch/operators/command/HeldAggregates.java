package dev.anabranch.operators.command;

import dev.anabranch.model.Shards;
import dev.anabranch.operators.command.aggregate.CommandState;
import dev.anabranch.operators.command.aggregate.KeyedMap;
import dev.anabranch.operators.task.ShardKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The aggregates that hold commits of other regions that came too early. Kept beside their gates,
 * under the key of their shard, so that they are found after a restart: what they wait for may be
 * in the log by then, and would not come again.
 *
 * <p><b>Bounds.</b> {@value #MAX_BYTES} bytes of records that all aggregates of a subtask hold
 * together, which are on disk. One more is not kept. The cross-region job hands commits over in
 * causal order, so that few are held.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class HeldAggregates {

  /** Among the entries of a shard's key; the gates' own entries are under aggregates' keys. */
  static final String HOLDING = "holding/";

  /** It bounds the index that each gate has on the heap, too: two dots for each record. */
  static final long MAX_BYTES = 64L << 20;

  private static final byte[] PRESENT = {1};

  private final KeyedMap entries;
  private final String[] shardKeys;
  private final long maxBytes;

  /** How many bytes of records each one holds; counted once its lane's tail is read. */
  private final Map<String, Long> keys = new HashMap<>();

  private long bytes;

  HeldAggregates(CommandState state, int shardCount) {
    this(state, shardCount, MAX_BYTES);
  }

  HeldAggregates(CommandState state, int shardCount, long maxBytes) {
    this.maxBytes = maxBytes;
    this.entries = state.gateEntries();
    this.shardKeys = ShardKeys.forShardCount(shardCount);
  }

  /** Reads what the checkpoint has of a shard. */
  void own(int shard) {
    for (var name : entries.all(shardKeys[shard]).keySet()) {
      if (name.startsWith(HOLDING)) {
        keys.put(name.substring(HOLDING.length()), 0L);
      }
    }
  }

  boolean has(String aggregate) {
    return !keys.isEmpty() && keys.containsKey(aggregate);
  }

  /** Whether so many more bytes may be held. */
  boolean hasRoom(long more) {
    return bytes + more <= maxBytes;
  }

  /** How many bytes of records are held. */
  long bytes() {
    return bytes;
  }

  /** The aggregate holds so many bytes more, or less. */
  void add(String aggregate, long more) {
    var before = keys.get(aggregate);
    set(aggregate, (before == null ? 0 : before) + more);
  }

  /** The aggregate holds so many bytes. */
  void set(String aggregate, long heldBytes) {
    var before = keys.put(aggregate, heldBytes);
    bytes += heldBytes - (before == null ? 0 : before);
    if (before == null) {
      entries.put(keyOf(aggregate), HOLDING + aggregate, PRESENT);
    }
  }

  void remove(String aggregate) {
    var before = keys.remove(aggregate);
    if (before != null) {
      bytes -= before;
      entries.remove(keyOf(aggregate), HOLDING + aggregate);
    }
  }

  /** Returns the aggregates of some shards, in a fixed order. */
  Iterable<String> of(IntPredicate shards) {
    return keys.keySet().stream().filter(key -> shards.test(shardOf(key))).sorted().toList();
  }

  private String keyOf(String aggregate) {
    return shardKeys[shardOf(aggregate)];
  }

  private int shardOf(String aggregate) {
    return Shards.shardOf(aggregate, shardKeys.length);
  }
}
