package dev.anabranch.connectors.kafka.source;

import java.util.Optional;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

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
   * at their offsets. Which ones nobody knows, so it is read again from its first record on.
   *
   * @param before the position that is beyond the end
   */
  record CutShort(long offset, long before, long end) implements Beginning {}

  /**
   * The partition lost its end, and the records below the position are others than those that were
   * read.
   *
   * @param offset of the first other record; of the first record, if it is not known
   * @param before the position
   * @param leaderEpoch of the last record before the offset, if it is known
   */
  record LostEnd(long offset, long before, int leaderEpoch) implements Beginning {}

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
    var lost = range.lost();
    if (lost != null) {
      return lost.offset() < range.start()
          ? new LostEnd(range.start(), position, IdentifiedSplit.NO_EPOCH)
          : new LostEnd(lost.offset(), position, lost.leaderEpoch());
    }
    return position > range.end()
        ? new CutShort(range.start(), position, range.end())
        : new At(position);
  }

  /**
   * The position whose records are to be compared, with the epoch of the leader that took the last
   * one; empty if there is nothing to compare.
   */
  static Optional<OffsetAndMetadata> comparable(IdentifiedSplit split, TopicNow now) {
    var range = now.partitions().get(split.getPartition());
    if (range == null) {
      return Optional.empty();
    }
    var isCommitted = split.getStartingOffset() == KafkaPartitionSplit.COMMITTED_OFFSET;
    var position = isCommitted ? range.committed() : split.getStartingOffset();
    var epoch = isCommitted ? range.committedEpoch() : split.leaderEpoch();
    var isAnew =
        !split.topicId().isEmpty() && !now.id().isEmpty() && !split.topicId().equals(now.id());
    return epoch == IdentifiedSplit.NO_EPOCH || position <= range.start() || isAnew
        ? Optional.empty()
        : Optional.of(new OffsetAndMetadata(position, Optional.of(epoch), ""));
  }

  /**
   * The epoch of the leader that took the last record before the beginning, or of a later one that
   * has that record too: such a one knows where the partition ended as well, before any record is
   * read.
   */
  static int epoch(IdentifiedSplit split, TopicNow now, Beginning beginning) {
    var range = now.partitions().get(split.getPartition());
    var latest = range == null ? IdentifiedSplit.NO_EPOCH : range.endEpoch();
    if (beginning instanceof LostEnd lost && lost.leaderEpoch() != IdentifiedSplit.NO_EPOCH) {
      return lost.leaderEpoch();
    }
    return beginning instanceof At
        ? comparable(split, now).flatMap(OffsetAndMetadata::leaderEpoch).orElse(latest)
        : latest;
  }

  private static long marker(Reading.Otherwise otherwise) {
    return otherwise == Reading.Otherwise.LATEST
        ? KafkaPartitionSplit.LATEST_OFFSET
        : KafkaPartitionSplit.EARLIEST_OFFSET;
  }
}
