package dev.anabranch.client;

import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.SourcePosition;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * How far a command must have come for its future to complete.
 *
 * @param <R> what is known then
 */
public final class ReplyLevel<R> {

  /** Kafka has the command: it will be handled, with whatever outcome. */
  public static final ReplyLevel<SourcePosition> SENT =
      new ReplyLevel<>("sent", SourcePosition.class, CompletableFuture::completedFuture);

  /** The command has an outcome, accepted or not, or an error answered it. */
  public static final ReplyLevel<CommandReply> COMMITTED =
      new ReplyLevel<>("committed", CommandReply.class, CompletableFuture::completedFuture);

  private final String name;
  private final Class<R> type;
  private final Function<R, CompletableFuture<R>> further;

  private ReplyLevel(String name, Class<R> type, Function<R, CompletableFuture<R>> further) {
    this.name = name;
    this.type = type;
    this.further = further;
  }

  /**
   * The command has an outcome, and the tables of a projection that readers see reflect it: whoever
   * queries them now reads their own write. An answer without a row behind it, such as an error,
   * changes no table and is not waited for.
   *
   * <p>If the projection is not there in time the future fails with a {@link
   * NotProjectedException}, which has the reply: the command <em>is</em> committed then.
   *
   * @param timeout from the reply on
   */
  public static ReplyLevel<CommandReply> projected(
      QueryClient queries, String projection, Duration timeout) {
    return new ReplyLevel<>(
        "projected",
        CommandReply.class,
        reply -> {
          var backing = reply.backing();
          return backing == null
              ? CompletableFuture.completedFuture(reply)
              : queries.projected(backing, projection, timeout, reply).thenApply(done -> reply);
        });
  }

  CompletableFuture<R> completed(Object result) {
    return further.apply(type.cast(result));
  }

  @Override
  public String toString() {
    return name;
  }
}
