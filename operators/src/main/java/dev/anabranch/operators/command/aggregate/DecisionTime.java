package dev.anabranch.operators.command.aggregate;

/** When a command was decided: the shard's hybrid logical clock, and the wall clock. */
public record DecisionTime(long hlc, long occurredAtMicros) {}
