package dev.anabranch.operators.projection.events;

/**
 * What a lane of a version may hold.
 *
 * @param maxBatchRows rows of one transaction
 * @param maxPendingRows rows that it has taken and not committed
 */
public record LaneLimits(int maxBatchRows, int maxPendingRows) {}
