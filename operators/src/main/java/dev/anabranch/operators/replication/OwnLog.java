package dev.anabranch.operators.replication;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.replication.replica.ReplicaState;
import dev.anabranch.operators.task.ShardKeys;
import dev.anabranch.store.ShardHead;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of the own region's log the job has read from Kafka, by shard. If it was all of it, an
 * aggregate that is not in the job's state is new; if not, its commits must be looked for in the
 * store first.
 *
 * <p><b>Recovery.</b> Kept under a key of each shard, so it moves with it; written at checkpoints.
 */
final class OwnLog {

  private static final Logger LOG = LoggerFactory.getLogger(OwnLog.class);

  private static final long NOT_LOADED = Long.MIN_VALUE;
  private static final long NOTHING_READ = -1;

  /** What is published is in the store, unless it was lost. */
  private static final long COMPARISON_MILLIS = 5_000;

  private final ReplicaState state;
  private final Consumer<Object> currentKey;
  private final String[] shardKeys;

  /** Next offset, or minus that and two if rows before it were not read. */
  private final long[] next;

  private final BitSet dirty = new BitSet();

  /** Shards whose last row was not looked for in the store yet. */
  private final BitSet unseen = new BitSet();

  private boolean comparing;
  private long nextComparison;

  /** The row with the highest offset, of each shard of which this attempt has seen one. */
  private final @Nullable ShardHead[] last;

  private volatile String storeId = "";

  OwnLog(ReplicaState state, Consumer<Object> currentKey, int shardCount) {
    this.state = state;
    this.currentKey = currentKey;
    this.shardKeys = ShardKeys.forShardCount(shardCount);
    this.next = new long[shardCount];
    Arrays.fill(next, NOT_LOADED);
    this.last = new ShardHead[shardCount];
  }

  /** Takes note of a row; the current key is another one afterwards. */
  void saw(LogRow row) {
    saw(row.shard(), row.offset());
    var before = last[row.shard()];
    if (before == null || row.offset() > before.offset()) {
      var stamp = row.outcome().stamp();
      last[row.shard()] = new ShardHead(row.offset(), stamp.writer(), stamp.hlc());
      unseen.set(row.shard());
    }
  }

  private void saw(int shard, long offset) {
    var known = load(shard);
    var complete = known >= 0;
    var expected = complete ? known : -known - 2;
    if (known == NOTHING_READ) {
      set(shard, offset == 0 ? 1 : incomplete(offset + 1));
    } else if (offset == expected) {
      set(shard, complete ? offset + 1 : incomplete(offset + 1));
    } else if (offset > expected) {
      LOG.warn(
          "Shard {} of the own events topic has no rows {} to {}: aggregates that are new to this"
              + " job are read from the store",
          shard,
          expected,
          offset - 1);
      set(shard, incomplete(offset + 1));
    }
  }

  /** Whether every row of the shard so far was read; the current key is another one afterwards. */
  boolean isComplete(int shard) {
    return load(shard) >= 0;
  }

  /** The store has no row of the shard: whatever comes will be read from the first row on. */
  void knownEmpty(int shard) {
    if (load(shard) == NOTHING_READ) {
      set(shard, 0);
    }
  }

  /** The store was asked: it is this one. Any thread. */
  void storeIs(String id) {
    storeId = id;
  }

  /** What the state knows of the last rows of these shards. */
  Map<Integer, OwnRow> restored(Iterable<Integer> shards) {
    var rows = new TreeMap<Integer, OwnRow>();
    for (var shard : shards) {
      currentKey.accept(shardKeys[shard]);
      var text = state.ownLast();
      if (text != null) {
        var row = OwnRow.parse(text);
        rows.put(shard, row);
        last[shard] = row.head();
      }
    }
    return rows;
  }

  /**
   * The last rows that this attempt has read and not compared with the store, if it is time to;
   * {@link #compared} says what came of it.
   */
  Map<Integer, OwnRow> toCompare(long nowMillis) {
    var rows = new TreeMap<Integer, OwnRow>();
    if (comparing || nowMillis < nextComparison) {
      return rows;
    }
    nextComparison = nowMillis + COMPARISON_MILLIS;
    unseen.stream()
        .forEach(
            shard -> {
              var row = last[shard];
              if (row != null) {
                rows.put(shard, new OwnRow(storeId, row));
              }
            });
    comparing = !rows.isEmpty();
    return rows;
  }

  /** The store has these rows; of others it was not asked. */
  void compared(Map<Integer, OwnRow> rows, long nowMillis) {
    comparing = false;
    // While no database answers, reads of aggregates should not wait for this too often.
    nextComparison = nowMillis + (rows.isEmpty() ? 6 : 1) * COMPARISON_MILLIS;
    rows.forEach(
        (shard, row) -> {
          if (row.head().equals(last[shard])) {
            unseen.clear(shard);
          }
        });
  }

  void snapshot() {
    dirty.stream()
        .forEach(
            shard -> {
              currentKey.accept(shardKeys[shard]);
              state.covered(next[shard]);
              var row = last[shard];
              if (row != null) {
                state.ownLast(new OwnRow(storeId, row).toText());
              }
            });
    dirty.clear();
  }

  private static long incomplete(long offset) {
    return -offset - 2;
  }

  private void set(int shard, long value) {
    next[shard] = value;
    dirty.set(shard);
  }

  private long load(int shard) {
    if (next[shard] == NOT_LOADED) {
      currentKey.accept(shardKeys[shard]);
      var stored = state.covered();
      next[shard] = stored == null ? NOTHING_READ : stored;
    }
    return next[shard];
  }
}
