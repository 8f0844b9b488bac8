package dev.anabranch.store;

/**
 * Fingerprint of a row: its offset in the shard, and what no other row at that offset would have.
 *
 * @param writer random id of the operator attempt that wrote it
 * @param hlc its hybrid logical clock
 */
public record ShardHead(long offset, long writer, long hlc) {}
