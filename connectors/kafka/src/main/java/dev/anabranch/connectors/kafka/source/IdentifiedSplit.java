package dev.anabranch.connectors.kafka.source;

import dev.anabranch.model.message.SourcePosition;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition and the offset to go on at, with what tells whether the offset still means something:
 * the id of the topic in which it counts, and the epoch of the leader that took the last record
 * before it.
 */
final class IdentifiedSplit extends KafkaPartitionSplit {

  static final int NO_EPOCH = SourcePosition.UNKNOWN_EPOCH;

  private final String topicId;
  private final int leaderEpoch;

  /**
   * @param topicId Kafka's id of the topic; empty: not known, as after a release that kept none
   * @param leaderEpoch of the last record that was read; {@link #NO_EPOCH}: not known
   */
  IdentifiedSplit(TopicPartition partition, long startingOffset, String topicId, int leaderEpoch) {
    super(partition, startingOffset);
    this.topicId = topicId;
    this.leaderEpoch = leaderEpoch;
  }

  IdentifiedSplit(TopicPartition partition, long startingOffset, String topicId) {
    this(partition, startingOffset, topicId, NO_EPOCH);
  }

  static IdentifiedSplit of(KafkaPartitionSplit split) {
    return split instanceof IdentifiedSplit identified
        ? identified
        : new IdentifiedSplit(split.getTopicPartition(), split.getStartingOffset(), "");
  }

  IdentifiedSplit in(String topic) {
    return new IdentifiedSplit(getTopicPartition(), getStartingOffset(), topic, leaderEpoch);
  }

  String topicId() {
    return topicId;
  }

  int leaderEpoch() {
    return leaderEpoch;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdentifiedSplit split
        && super.equals(other)
        && topicId.equals(split.topicId)
        && leaderEpoch == split.leaderEpoch;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * super.hashCode() + topicId.hashCode()) + leaderEpoch;
  }

  @Override
  public String toString() {
    return super.toString()
        + (topicId.isEmpty() ? "" : " of topic " + topicId)
        + (leaderEpoch == NO_EPOCH ? "" : " in epoch " + leaderEpoch);
  }
}
