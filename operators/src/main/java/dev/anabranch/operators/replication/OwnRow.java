package dev.anabranch.operators.replication;

import dev.anabranch.store.ShardHead;

/**
 * The last row of a shard that this job has read from its own region's log, and the store that it
 * is in.
 *
 * @param storeId empty: not known, the row was seen before the store was asked
 */
record OwnRow(String storeId, ShardHead head) {

  /** Writes the row as text for keyed state. The text is part of the savepoint format. */
  String toText() {
    return storeId + ' ' + head.offset() + ' ' + head.writer() + ' ' + head.hlc();
  }

  static OwnRow parse(String text) {
    var parts = text.split(" ", -1);
    if (parts.length != 4) {
      throw new IllegalStateException("the last own row in the state is malformed: " + text);
    }
    return new OwnRow(
        parts[0],
        new ShardHead(
            Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3])));
  }
}
