package dev.anabranch.model;

/**
 * Place of a row in its region's log.
 *
 * @param offset 0, 1, 2 ... without gaps within the shard
 */
public record LogPosition(int shard, long offset) {
  @Override
  public String toString() {
    return shard + "@" + offset;
  }
}
