package dev.anabranch.model;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.VectorTime;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's owner keeps about one aggregate: the effects of stored rows only.
 *
 * @param version of the last commit folded; 0: none
 * @param originN how many of the aggregate's commits originated in this region
 * @param lastHlc greatest hybrid logical time among the commits applied to the aggregate
 * @param dependencies per region, the hybrid logical time that the next commit depends on
 * @param state encoded state after {@code version}; null: no event yet, or {@code brokenReason}
 *     tells
 * @param window the newest commands with their rows
 * @param brokenReason why a stored commit can't be folded; null: the aggregate is fine
 */
public record AggregateRecord(
    long version,
    long originN,
    long lastHlc,
    VectorTime dependencies,
    @Nullable EncodedMessage state,
    CommandWindow window,
    @Nullable String brokenReason) {

  /** Of an aggregate without any row. */
  public static final AggregateRecord NEW =
      new AggregateRecord(0, 0, 0, VectorTime.ZERO, null, CommandWindow.EMPTY, null);
}
