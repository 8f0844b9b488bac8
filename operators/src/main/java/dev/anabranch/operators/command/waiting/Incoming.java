package dev.anabranch.operators.command.waiting;

import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;

/**
 * A command that a lane has taken in.
 *
 * @param number its place among all that the lane has taken in: the order in which parked commands
 *     run again
 * @param answeredBefore whether an earlier attempt has answered this very record: it gets the
 *     answer of its row, or an answer without one, and is never executed
 */
public record Incoming(
    CommandRecord record,
    CommandEnvelope command,
    int shard,
    long number,
    boolean answeredBefore) {}
