package dev.anabranch.model.stored;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.gate.CausalPast;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's owner keeps about one aggregate: the effects of stored rows only.
 *
 * @param version of the last commit folded; 0: none
 * @param past what is applied, in terms of all regions
 * @param state encoded state after {@code version}; null: no event yet, or {@code brokenReason}
 *     tells
 * @param window the newest commands with their rows
 * @param brokenReason why a stored commit can't be folded; null: the aggregate is fine
 */
public record AggregateRecord(
    long version,
    CausalPast past,
    @Nullable EncodedMessage state,
    CommandWindow window,
    @Nullable String brokenReason) {

  /** The record of an aggregate without any row. */
  public static final AggregateRecord NEW =
      new AggregateRecord(0, CausalPast.NONE, null, CommandWindow.EMPTY, null);
}
