package dev.anabranch.connectors.kafka.source;

import java.util.Map;

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

  /**
   * What a partition holds.
   *
   * @param start offset of the first record that is still there
   * @param end offset that the next record gets, or the first open transaction has
   * @param committed of the reader's group; negative: none
   */
  record Range(long start, long end, long committed) {}
}
