package dev.anabranch.playground.guide;

import dev.anabranch.client.Command;
import dev.anabranch.client.CommandClient;
import dev.anabranch.client.QueryClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.examples.bank.AccountCommand.Deposit;
import dev.anabranch.examples.bank.AccountCommand.Withdraw;
import dev.anabranch.examples.bank.BankDomain;
import dev.anabranch.model.message.CommandReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Sends commands to the accounts of the bank example. */
final class Teller implements AutoCloseable {

  private final CommandClient client;

  Teller(String bootstrapServers) {
    client =
        CommandClient.builder()
            .bootstrapServers(bootstrapServers)
            .commandsTopic("commands.eu")
            .replyTopic("replies.eu")
            .clientId("teller")
            .build();
  }

  CompletableFuture<String> withdraw(String account, long amount) {
    return client.send(BankDomain.ACCOUNT, account, new Withdraw(amount)).thenApply(Teller::told);
  }

  static String told(CommandReply reply) {
    return switch (reply.status()) {
      case ACCEPTED, UNCHANGED -> "done";
      case REJECTED -> "refused: " + reply.body().message();
      case ERROR -> "failed: " + reply.body().code();
    };
  }

  CompletableFuture<CommandReply> credit(String account, String transferId, long amount) {
    var command =
        Command.of(BankDomain.ACCOUNT, account, new Deposit(amount)).withCommandId(transferId);
    return client.send(command, ReplyLevel.COMMITTED);
  }

  CompletableFuture<CommandReply> creditAndShow(QueryClient queries, String account, long amount) {
    return client.send(
        Command.of(BankDomain.ACCOUNT, account, new Deposit(amount)),
        ReplyLevel.projected(queries, "balances", Duration.ofSeconds(5)));
  }

  @Override
  public void close() {
    client.close();
  }
}
