package dev.anabranch.cli.send;

import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.model.message.CommandReply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Takes commands one after the other, and tells later what became of each. */
@FunctionalInterface
public interface Sender {

  /** Blocks while as many are under way as may be; an empty answer: Kafka has it. */
  CompletableFuture<Optional<CommandReply>> send(Command command);

  /** Waits for the outcomes. */
  static Sender committed(CommandClient client) {
    return command -> client.send(command, ReplyLevel.COMMITTED).thenApply(Optional::of);
  }

  /** Waits for Kafka only. */
  static Sender sent(CommandClient client) {
    return command -> client.send(command, ReplyLevel.SENT).thenApply(position -> Optional.empty());
  }
}
