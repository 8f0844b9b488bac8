package dev.anabranch.operators.command;

/** When a command was decided: the shard's hybrid logical clock, and the wall clock. */
record DecisionTime(long hlc, long occurredAtMicros) {}
