package dev.anabranch.query;

import org.jspecify.annotations.Nullable;

/** How a batch ended. Unless it says {@link Applied} or {@link Unknown}, nothing was changed. */
public sealed interface ApplyResult {

  /** All of it is durable, by this call or an earlier one with the same batch. */
  record Applied() implements ApplyResult {
    public static final Applied INSTANCE = new Applied();
  }

  /**
   * The version is elsewhere than the caller thinks, or somebody else has claimed the shard since.
   *
   * @param foundWriter who has it
   */
  record Fenced(int shard, long expectedNext, long foundNext, long foundWriter)
      implements ApplyResult {}

  /**
   * The tables show another view of some aggregate than the caller thinks: one from another
   * partition, to which it came after partitions were added.
   */
  record Overtaken() implements ApplyResult {
    public static final Overtaken INSTANCE = new Overtaken();
  }

  /** The version was dropped. */
  record Gone() implements ApplyResult {
    public static final Gone INSTANCE = new Gone();
  }

  /** The database does not take some value of the batch; repeating it can't help. */
  record Refused(String reason) implements ApplyResult {}

  /** The connection was lost: all of the batch is durable, or nothing. */
  record Unknown(@Nullable Throwable cause) implements ApplyResult {}

  /** The server can't store anything now (disk full, read-only, too many locks). */
  record Unavailable(Throwable cause) implements ApplyResult {}
}
