package dev.anabranch.connectors.kafka.source;

import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/** A partition and the offset to go on at, with the id of the topic in which the offset counts. */
final class IdentifiedSplit extends KafkaPartitionSplit {

  private final String topicId;

  /**
   * @param topicId Kafka's id of the topic; empty: not known, as after a release that kept none
   */
  IdentifiedSplit(TopicPartition partition, long startingOffset, String topicId) {
    super(partition, startingOffset);
    this.topicId = topicId;
  }

  static IdentifiedSplit of(KafkaPartitionSplit split) {
    return split instanceof IdentifiedSplit identified
        ? identified
        : new IdentifiedSplit(split.getTopicPartition(), split.getStartingOffset(), "");
  }

  static IdentifiedSplit of(KafkaPartitionSplit split, String topicId) {
    return new IdentifiedSplit(split.getTopicPartition(), split.getStartingOffset(), topicId);
  }

  String topicId() {
    return topicId;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdentifiedSplit split
        && super.equals(other)
        && topicId.equals(split.topicId);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + topicId.hashCode();
  }

  @Override
  public String toString() {
    return super.toString() + (topicId.isEmpty() ? "" : " of topic " + topicId);
  }
}
