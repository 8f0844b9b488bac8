package dev.anabranch.model.stored;

/**
 * What a shard's owner keeps about the shard's log: where it goes on, and the fingerprint of its
 * last row, by which it knows the store again.
 *
 * @param storeId UUID of the region's store
 * @param nextOffset first free offset; 0: the shard has no row, and the fingerprint is 0
 * @param lastWriter writer of the last row
 * @param lastHlc hybrid logical time of the last row
 */
public record ShardRecord(String storeId, long nextOffset, long lastWriter, long lastHlc) {}
