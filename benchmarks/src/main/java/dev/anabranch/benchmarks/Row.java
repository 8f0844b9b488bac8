package dev.anabranch.benchmarks;

/**
 * What differs between the rows of the raw cells.
 *
 * @param aggregate its number
 */
record Row(int aggregate, long version, String commandId, int shard, long offset) {}
