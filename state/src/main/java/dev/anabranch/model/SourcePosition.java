package dev.anabranch.model;

/**
 * Where a record was read: topic, partition, offset, and the broker's timestamp in milliseconds.
 */
public record SourcePosition(String topic, int partition, long offset, long timestampMillis) {
  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
