package dev.anabranch.store;

/**
 * A row that was acknowledged, and that the database was found to lack: while it lacks it, and
 * nobody has accepted the loss, the shard takes no commands.
 *
 * @param head fingerprint of the row; null if only the word of another region is known
 * @param what for people: which row, and who has seen it
 * @param foundAtMicros when it was missed, since the epoch
 */
public record MissingRow(
    int shard,
    @org.jspecify.annotations.Nullable ShardHead head,
    String what,
    long foundAtMicros) {}
