package dev.anabranch.benchmarks.load;

/**
 * What differs between the rows of the raw cells.
 *
 * @param aggregate its number
 */
public record Row(int aggregate, long version, String commandId, int shard, long offset) {}
