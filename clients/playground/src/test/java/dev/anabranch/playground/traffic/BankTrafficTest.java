package dev.anabranch.playground.traffic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.Command;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BankTrafficTest {

  private final List<Command> commands =
      Stream.generate(new BankTraffic(7)::next).limit(5_000).toList();

  @Test
  void theSameSeedGivesTheSameCommands() {
    var again = Stream.generate(new BankTraffic(7)::next).limit(5_000).toList();

    assertThat(again).extracting(Command::commandId).isEqualTo(ids());
    assertThat(again)
        .extracting(command -> new String(command.payload().data(), UTF_8))
        .isEqualTo(
            commands.stream().map(command -> new String(command.payload().data(), UTF_8)).toList());
  }

  @Test
  void anAccountIsOpenedBeforeAnythingElse() {
    var opened = new HashSet<AggregateKey>();

    for (var command : commands) {
      assertThat(opened.add(command.aggregate()))
          .isEqualTo(
              command.payload().type().equals("OpenAccount") && !BankTraffic.isRepeat(command));
    }
  }

  @Test
  void someCommandsAreSentAgainUnderTheirId() {
    var repeats = commands.stream().filter(BankTraffic::isRepeat).toList();

    assertThat(repeats).hasSizeBetween(50, 300);
    assertThat(new HashSet<>(ids())).hasSize(commands.size() - repeats.size());
  }

  @Test
  void theLedgerCountsACommandOnceAndRejectedOnesNot() {
    var ledger = new Ledger();
    var deposit =
        commands.stream()
            .filter(each -> each.payload().type().equals("Deposit"))
            .findFirst()
            .orElseThrow();
    var amount = Long.parseLong(new String(deposit.payload().data(), UTF_8).replaceAll("\\D", ""));

    ledger.replied(deposit, reply(ReplyStatus.ACCEPTED));
    ledger.replied(deposit.withMetadata(BankTraffic.REPEAT), reply(ReplyStatus.ACCEPTED));
    ledger.replied(deposit, reply(ReplyStatus.REJECTED));

    assertThat(ledger.balances()).containsOnlyKeys(deposit.aggregate()).containsValue(amount);
  }

  @Test
  void theLedgerKnowsNothingOfAccountsWithUnansweredCommands() {
    var ledger = new Ledger();
    var command = commands.get(0);
    ledger.replied(command, reply(ReplyStatus.ACCEPTED));

    ledger.unanswered(command.aggregate());

    assertThat(ledger.balances()).isEmpty();
  }

  private List<String> ids() {
    return commands.stream().map(Command::commandId).toList();
  }

  private static CommandReply reply(ReplyStatus status) {
    return new CommandReply("c", null, status, ReplyBody.EMPTY, null, false, ReplyTarget.DEFAULT);
  }
}
