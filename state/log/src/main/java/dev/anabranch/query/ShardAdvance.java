package dev.anabranch.query;

import java.util.Locale;

/**
 * How far a batch takes a shard: it holds all rows of the log from {@code from} up to and without
 * {@code to}.
 *
 * @param from next offset before the batch, at which the version must be
 * @param to next offset after the batch; equal to {@code from} if the batch holds no rows of it
 * @param hlc clock of the last row; 0 if there is none
 */
public record ShardAdvance(int shard, long from, long to, long hlc) {
  public ShardAdvance {
    if (to < from) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "shard %d from %d to %d", shard, from, to));
    }
  }
}
