package dev.anabranch.api;

import java.time.Instant;

/**
 * The circumstances of one decision. All of them are stored with the outcome.
 *
 * @param aggregateId id within the type, without the type
 * @param version version of the state decided on; 0: the aggregate has no event yet
 * @param timestamp when the command was decided, cut to microseconds, as stored
 */
public record DecisionContext(
    String commandId,
    String aggregateType,
    String aggregateId,
    long version,
    String region,
    Instant timestamp) {}
