package dev.anabranch.client;

import dev.anabranch.model.CommandReply;
import dev.anabranch.model.SourcePosition;

/**
 * How far a command must have come for its future to complete.
 *
 * @param <R> what is known then
 */
public final class ReplyLevel<R> {

  /** Kafka has the command: it will be handled, with whatever outcome. */
  public static final ReplyLevel<SourcePosition> SENT =
      new ReplyLevel<>("sent", SourcePosition.class);

  /** The command has an outcome, accepted or not, or an error answered it. */
  public static final ReplyLevel<CommandReply> COMMITTED =
      new ReplyLevel<>("committed", CommandReply.class);

  private final String name;
  private final Class<R> type;

  private ReplyLevel(String name, Class<R> type) {
    this.name = name;
    this.type = type;
  }

  R cast(Object result) {
    return type.cast(result);
  }

  @Override
  public String toString() {
    return name;
  }
}
