package dev.anabranch.connectors.kafka.source;

import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/** Where the reading of a partition begins, and what is to be said about it. */
sealed interface Beginning {

  /** Nothing to say. */
  record At(long offset) implements Beginning {}

  /**
   * The topic was deleted and made again: the position was one of the topic before. Everything in
   * the new one is unread.
   *
   * @param before the position that means nothing any more
   */
  record Anew(long offset, long before) implements Beginning {}

  /**
   * Records were deleted, or expired, before they were read.
   *
   * @param lost how many offsets are passed over; markers of transactions count too
   */
  record Expired(long offset, long lost) implements Beginning {}

  /**
   * The topic ends below the position: it lost records that were read, and has perhaps got others
   * at their offsets. It is read again from its first record on.
   *
   * @param before the position that is beyond the end
   */
  record CutShort(long offset, long before, long end) implements Beginning {}

  /** The topic has no such partition now: nothing can be read. */
  record Missing() implements Beginning {}

  /**
   * @param now the topic of the split
   */
  static Beginning of(IdentifiedSplit split, TopicNow now, Reading.Otherwise otherwise) {
    var range = now.partitions().get(split.getPartition());
    if (range == null) {
      return new Missing();
    }
    var position = split.getStartingOffset();
    if (position == KafkaPartitionSplit.COMMITTED_OFFSET) {
      position = range.committed() >= 0 ? range.committed() : marker(otherwise);
    }
    if (position == KafkaPartitionSplit.LATEST_OFFSET) {
      return new At(range.end());
    }
    if (position < 0) {
      return new At(range.start());
    }
    if (!split.topicId().isEmpty() && !now.id().isEmpty() && !split.topicId().equals(now.id())) {
      return new Anew(range.start(), position);
    }
    if (position < range.start()) {
      return new Expired(range.start(), range.start() - position);
    }
    return position > range.end()
        ? new CutShort(range.start(), position, range.end())
        : new At(position);
  }

  private static long marker(Reading.Otherwise otherwise) {
    return otherwise == Reading.Otherwise.LATEST
        ? KafkaPartitionSplit.LATEST_OFFSET
        : KafkaPartitionSplit.EARLIEST_OFFSET;
  }
}
