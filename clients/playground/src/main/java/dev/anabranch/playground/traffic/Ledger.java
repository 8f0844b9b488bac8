package dev.anabranch.playground.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.client.Command;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The balances that the replies add up to: what the sender of all commands believes. A command
 * counts once, however often it was sent.
 *
 * <p><b>Threads.</b> Safe for use by many.
 */
public final class Ledger {

  private final Map<AggregateKey, Long> balances = new ConcurrentHashMap<>();
  private final Set<AggregateKey> unknown = ConcurrentHashMap.newKeySet();

  void replied(Command command, CommandReply reply) {
    if (reply.status() == ReplyStatus.ACCEPTED && !BankTraffic.isRepeat(command)) {
      balances.merge(command.aggregate(), change(command), Long::sum);
    }
  }

  /** The outcome of one of the account's commands is not known. */
  void unanswered(AggregateKey account) {
    unknown.add(account);
  }

  /** The balances of the accounts all of whose replies came. */
  public Map<AggregateKey, Long> balances() {
    var known = new ConcurrentHashMap<>(balances);
    known.keySet().removeAll(unknown);
    return known;
  }

  private static long change(Command command) {
    var amount =
        Payload.json(command.payload().data())
            .map(json -> json.path("amount"))
            .map(JsonNode::longValue)
            .orElse(0L);
    return switch (command.payload().type()) {
      case "Deposit" -> amount;
      case "Withdraw" -> -amount;
      default -> 0;
    };
  }
}
