package dev.anabranch.model.message;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one command.
 *
 * @param commandId null if the command had none that could be read
 * @param aggregate null likewise
 * @param backing the durable row behind the answer; null for {@link ReplyStatus#ERROR} and
 *     transient rejections
 * @param repeated whether the command had this outcome already when it came
 * @param superseded whether this region once answered something else: another region had accepted
 *     the command too, and that outcome counts
 */
public record CommandReply(
    @Nullable String commandId,
    @Nullable AggregateKey aggregate,
    ReplyStatus status,
    ReplyBody body,
    @Nullable Backing backing,
    boolean repeated,
    boolean superseded,
    ReplyTarget target) {

  /** An answer that no other region's has taken the place of. */
  public CommandReply(
      @Nullable String commandId,
      @Nullable AggregateKey aggregate,
      ReplyStatus status,
      ReplyBody body,
      @Nullable Backing backing,
      boolean repeated,
      ReplyTarget target) {
    this(commandId, aggregate, status, body, backing, repeated, false, target);
  }

  /**
   * The row that makes an answer durable.
   *
   * @param region with {@code position}: the token for reading one's own writes
   * @param revision encoded vector time of the aggregate after the command
   */
  public record Backing(String region, LogPosition position, String revision) {}
}
