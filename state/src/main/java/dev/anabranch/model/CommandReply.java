package dev.anabranch.model;

import org.jspecify.annotations.Nullable;

/**
 * The answer to one command.
 *
 * @param commandId null if the command had none that could be read
 * @param aggregate null likewise
 * @param backing the durable row behind the answer; null for {@link ReplyStatus#ERROR} and
 *     transient rejections
 * @param repeated whether the command had this outcome already when it came
 */
public record CommandReply(
    @Nullable String commandId,
    @Nullable AggregateKey aggregate,
    ReplyStatus status,
    ReplyBody body,
    @Nullable Backing backing,
    boolean repeated,
    ReplyTarget target) {

  /**
   * The row that makes an answer durable.
   *
   * @param region with {@code position}: the token for reading one's own writes
   * @param revision encoded vector time of the aggregate after the command
   */
  public record Backing(String region, LogPosition position, String revision) {}
}
