package dev.anabranch.connectors.kafka.reader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The rule by which every reader of the events topic gets each row once and in order, whatever the
 * topic repeats or reorders.
 *
 * <p><b>Order.</b> Within a shard, the row at the next offset is applied; a lower one was applied
 * before and is dropped; a higher one is held until those before it came. Nothing is ever skipped.
 *
 * <p><b>Bounds.</b> At most {@code maxHeld} rows are held over all shards; one more fails with a
 * {@link SequenceGapException} that names the missing offsets.
 *
 * <p><b>Threads.</b> One.
 */
public final class ShardSequencer<T> {

  private final long[] nextOffsets;
  private final int maxHeld;
  private final Map<Integer, TreeMap<Long, T>> heldByShard = new HashMap<>();
  private int held;

  public ShardSequencer(int shardCount, int maxHeld) {
    this.nextOffsets = new long[shardCount];
    this.maxHeld = maxHeld;
  }

  /** What became of a row. */
  public enum Verdict {
    /** It was next, and was applied, as were held rows that followed it. */
    APPLIED,
    /** It was applied or is held already. */
    REPEATED,
    /** Rows before it are missing. */
    HELD
  }

  /**
   * Rows that are missing from a shard while later ones came.
   *
   * @param next first missing offset
   * @param lowestHeld first offset that is held
   */
  public record Gap(int shard, long next, long lowestHeld, int held) {
    @Override
    public String toString() {
      return "shard "
          + shard
          + " misses offsets "
          + next
          + " to "
          + (lowestHeld - 1)
          + " ("
          + held
          + " later rows wait)";
    }
  }

  /** Lets a shard begin after what the reader has applied earlier. Only before its first row. */
  public void startAt(int shard, long nextOffset) {
    nextOffsets[shard] = nextOffset;
  }

  /**
   * Takes one row.
   *
   * @param apply gets this row, and those it releases, in order; if it throws, the row it threw on
   *     counts as not applied
   * @throws SequenceGapException if it would have to be held and no more fit
   */
  public Verdict accept(int shard, long offset, T row, Consumer<? super T> apply) {
    Objects.checkIndex(shard, nextOffsets.length);
    if (offset < nextOffsets[shard]) {
      return Verdict.REPEATED;
    }
    if (offset > nextOffsets[shard]) {
      return hold(shard, offset, row);
    }
    apply.accept(row);
    nextOffsets[shard]++;
    release(shard, apply);
    return Verdict.APPLIED;
  }

  public long nextOffset(int shard) {
    return nextOffsets[shard];
  }

  /** Rows that wait for others. */
  public int held() {
    return held;
  }

  /** Where rows are missing, by shard. */
  public List<Gap> gaps() {
    var gaps = new ArrayList<Gap>();
    new TreeMap<>(heldByShard)
        .forEach(
            (shard, rows) ->
                gaps.add(new Gap(shard, nextOffsets[shard], rows.firstKey(), rows.size())));
    return gaps;
  }

  private Verdict hold(int shard, long offset, T row) {
    var rows = heldByShard.get(shard);
    if (rows != null && rows.containsKey(offset)) {
      return Verdict.REPEATED;
    }
    if (held == maxHeld) {
      throw new SequenceGapException(maxHeld, gaps());
    }
    if (rows == null) {
      rows = new TreeMap<>();
      heldByShard.put(shard, rows);
    }
    rows.put(offset, row);
    held++;
    return Verdict.HELD;
  }

  private void release(int shard, Consumer<? super T> apply) {
    var rows = heldByShard.get(shard);
    if (rows == null) {
      return;
    }
    while (!rows.isEmpty() && rows.firstKey() <= nextOffsets[shard]) {
      var first = rows.firstEntry();
      // Lower only after a failed apply, when the row came once more.
      if (first.getKey() == nextOffsets[shard]) {
        apply.accept(first.getValue());
        nextOffsets[shard]++;
      }
      rows.remove(first.getKey());
      held--;
    }
    if (rows.isEmpty()) {
      heldByShard.remove(shard);
    }
  }
}
