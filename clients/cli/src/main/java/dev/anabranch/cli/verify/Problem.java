package dev.anabranch.cli.verify;

/**
 * One thing that is wrong.
 *
 * @param shard -1: not of one shard
 * @param offset -1: not of one row
 * @param message names the place and what was expected
 */
public record Problem(ProblemKind kind, int shard, long offset, String message) {}
