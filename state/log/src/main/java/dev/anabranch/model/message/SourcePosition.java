package dev.anabranch.model.message;

/**
 * Where a record was read: topic, partition, offset, and the broker's timestamp in milliseconds.
 *
 * @param topicId Kafka's id of the topic: one that was deleted and made again has the same name and
 *     another id, and its offsets mean something else; empty if it is not known
 * @param leaderEpoch of the leader that took the record, which grows with each leader of the
 *     partition: where a partition has lost its end, other records have the same offsets and a
 *     greater epoch; {@link #UNKNOWN_EPOCH} if it is not known
 */
public record SourcePosition(
    String topic,
    int partition,
    long offset,
    long timestampMillis,
    String topicId,
    int leaderEpoch) {

  public static final int UNKNOWN_EPOCH = -1;

  /** A position of which the leader is not known. */
  public SourcePosition(
      String topic, int partition, long offset, long timestampMillis, String topicId) {
    this(topic, partition, offset, timestampMillis, topicId, UNKNOWN_EPOCH);
  }

  /** A position in a topic whose id is not known. */
  public SourcePosition(String topic, int partition, long offset, long timestampMillis) {
    this(topic, partition, offset, timestampMillis, "");
  }

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
