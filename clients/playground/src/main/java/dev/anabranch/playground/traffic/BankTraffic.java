package dev.anabranch.playground.traffic;

import dev.anabranch.client.Command;
import dev.anabranch.examples.bank.AccountCommand;
import dev.anabranch.examples.bank.BankDomain;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Commands to some hundred accounts, the same for the same seed: accounts are opened, money comes
 * and goes, some withdrawals are too large, and some commands are sent twice.
 */
final class BankTraffic {

  /** Marks a command that was sent before under the same id. */
  static final Map<String, String> REPEAT = Map.of("meta-demo", "repeat");

  private static final int ACCOUNTS = 200;
  private static final int RECENT = 256;
  private static final int REPEATED_PERCENT = 3;
  private static final int WITHDRAWN_PERCENT = 40;
  private static final int MAX_AMOUNT = 20_000;

  private final Random random;
  private final String idPrefix;
  private final Set<String> opened = new HashSet<>();
  private final Command[] recent = new Command[RECENT];
  private int count;

  BankTraffic(long seed) {
    this.random = new Random(seed);
    this.idPrefix = "g" + seed + "-";
  }

  Command next() {
    if (count > 0 && random.nextInt(100) < REPEATED_PERCENT) {
      return recent[random.nextInt(Math.min(count, RECENT))].withMetadata(REPEAT);
    }
    var account = String.format(java.util.Locale.ROOT, "a-%03d", random.nextInt(ACCOUNTS));
    var command =
        Command.of(BankDomain.ACCOUNT, account, commandFor(account))
            .withCommandId(idPrefix + count);
    recent[count % RECENT] = command;
    count++;
    return command;
  }

  static boolean isRepeat(Command command) {
    return command.metadata().equals(REPEAT);
  }

  private AccountCommand commandFor(String account) {
    if (opened.add(account)) {
      return new AccountCommand.OpenAccount("Owner of " + account);
    }
    var amount = 1 + random.nextInt(MAX_AMOUNT);
    return random.nextInt(100) < WITHDRAWN_PERCENT
        ? new AccountCommand.Withdraw(amount)
        : new AccountCommand.Deposit(amount);
  }
}
