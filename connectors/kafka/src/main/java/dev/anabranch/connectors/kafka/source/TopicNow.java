package dev.anabranch.connectors.kafka.source;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A topic as its cluster has it now.
 *
 * @param id Kafka's; empty if the cluster gives topics none
 * @param partitions by number; those that were not asked for, or do not exist, are missing
 */
record TopicNow(String id, Map<Integer, Range> partitions) {

  /** Kafka's word for no id: brokers before 2.8. */
  static final String NO_ID = "AAAAAAAAAAAAAAAAAAAAAA";

  TopicNow {
    id = id.equals(NO_ID) ? "" : id;
    partitions = Map.copyOf(partitions);
  }

  TopicNow lost(int partition, LostEnds.Divergence divergence) {
    var changed = new HashMap<>(partitions);
    changed.computeIfPresent(partition, (number, range) -> range.lost(divergence));
    return new TopicNow(id, changed);
  }

  /**
   * What a partition holds.
   *
   * @param start offset of the first record that is still there
   * @param end offset that the next record gets, or the first open transaction has
   * @param committed of the reader's group; negative: none
   * @param committedEpoch of the leader that took the last record before it; {@link
   *     IdentifiedSplit#NO_EPOCH}: not known
   * @param endEpoch no leader of a later epoch took any of the records before the end; {@link
   *     IdentifiedSplit#NO_EPOCH}: not known
   * @param lost null: all that was read before the position in question is still there, or that is
   *     not known
   */
  record Range(
      long start,
      long end,
      long committed,
      int committedEpoch,
      int endEpoch,
      LostEnds.@Nullable Divergence lost) {

    Range(long start, long end, long committed) {
      this(start, end, committed, IdentifiedSplit.NO_EPOCH, IdentifiedSplit.NO_EPOCH, null);
    }

    Range lost(LostEnds.Divergence divergence) {
      return new Range(start, end, committed, committedEpoch, endEpoch, divergence);
    }
  }
}
