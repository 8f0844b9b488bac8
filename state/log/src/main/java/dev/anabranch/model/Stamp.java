package dev.anabranch.model;

/**
 * Who wrote a row, and when.
 *
 * @param writer random id of the operator attempt: tells our rows from those of another writer
 * @param hlc hybrid logical clock: milliseconds since the epoch {@code << 16 |} counter
 * @param occurredAtMicros wall clock when the command was decided, microseconds since the epoch
 */
public record Stamp(long writer, long hlc, long occurredAtMicros) {}
