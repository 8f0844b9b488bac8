package dev.anabranch.connectors.kafka.reader;

import dev.anabranch.store.LogBookmark;
import org.jspecify.annotations.Nullable;

/**
 * Where in a partition of the events topic a start begins to compare, and what it can't compare.
 *
 * @param unchecked why rows of the partition can't be looked at; null: all can
 */
record ComparisonStart(long offset, @Nullable String unchecked) {

  /** Read of a partition's end if no bookmark says where to begin. */
  static final long RECORDS_WITHOUT_BOOKMARK = 10_000;

  /**
   * @param topicId of the topic as it is now
   * @param from null: no bookmark is known
   * @param begin offset of the partition's first record
   * @param end offset after its last record
   */
  static ComparisonStart of(
      String topic, String topicId, @Nullable LogBookmark from, long begin, long end) {
    var piece = Math.max(begin, end - RECORDS_WITHOUT_BOOKMARK);
    if (from == null) {
      return new ComparisonStart(
          piece,
          piece == 0
              ? null
              : "no bookmark says from where on to compare; the last "
                  + (end - piece)
                  + " records were");
    }
    if (!from.topicId().equals(topicId)) {
      return new ComparisonStart(piece, "topic " + topic + " was made anew");
    }
    if (from.position() > end) {
      return new ComparisonStart(
          piece,
          "topic "
              + topic
              + " ends at "
              + end
              + ", before "
              + from.position()
              + ": it lost records");
    }
    if (from.position() < begin) {
      return new ComparisonStart(
          begin,
          "topic "
              + topic
              + " begins at "
              + begin
              + ": its records from "
              + from.position()
              + " on were deleted");
    }
    return new ComparisonStart(from.position(), null);
  }
}
