package dev.anabranch.model;

/**
 * Says to the readers of an events topic that rows of a shard which they may have seen are given
 * up: the store lost them, and a person has accepted that. The shard goes on at {@code fromOffset},
 * with other rows.
 *
 * @param region whose log it is
 * @param fromOffset first offset that is given up
 * @param untilOffset the offset after the last row that is known to be lost
 * @param atMicros when it was decided, since the epoch
 * @param author who decided it
 */
public record ForgottenRows(
    String region,
    int shard,
    long fromOffset,
    long untilOffset,
    long atMicros,
    String author,
    String reason) {}
