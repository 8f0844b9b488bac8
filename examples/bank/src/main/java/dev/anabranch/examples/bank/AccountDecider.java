package dev.anabranch.examples.bank;

import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.examples.bank.Account.Status;
import dev.anabranch.examples.bank.AccountCommand.CloseAccount;
import dev.anabranch.examples.bank.AccountCommand.Deposit;
import dev.anabranch.examples.bank.AccountCommand.OpenAccount;
import dev.anabranch.examples.bank.AccountCommand.Withdraw;
import dev.anabranch.examples.bank.AccountEvent.AccountClosed;
import dev.anabranch.examples.bank.AccountEvent.AccountOpened;
import dev.anabranch.examples.bank.AccountEvent.MoneyDeposited;
import dev.anabranch.examples.bank.AccountEvent.MoneyWithdrawn;
import java.util.List;
import java.util.Map;

/** The rules of an account. */
public final class AccountDecider implements Decider<Account, AccountCommand, AccountEvent> {

  @Override
  public Account initialState() {
    return Account.NONE;
  }

  @Override
  public Decision<AccountEvent> decide(
      Account account, AccountCommand command, DecisionContext context) {
    if (command instanceof OpenAccount open) {
      return account.status() == Status.NEW
          ? Decision.accepted(new AccountOpened(open.owner()))
          : Decision.rejected("already-open", "the account was opened before");
    }
    if (!account.isOpen()) {
      return Decision.rejected("not-open", "the account is not open");
    }
    if (command instanceof Deposit deposit) {
      return deposit(account, deposit.amount());
    }
    if (command instanceof Withdraw withdraw) {
      return withdraw(account, withdraw.amount());
    }
    if (command instanceof CloseAccount) {
      return account.balance() == 0
          ? Decision.accepted(new AccountClosed())
          : Decision.rejected("not-empty", "withdraw the balance before closing the account");
    }
    throw new IllegalArgumentException("no rule for " + command);
  }

  @Override
  public Account evolve(Account account, AccountEvent event) {
    if (event instanceof AccountOpened opened) {
      return new Account(opened.owner(), 0, Status.OPEN);
    }
    if (event instanceof MoneyDeposited deposited) {
      return account.withBalance(account.balance() + deposited.amount());
    }
    if (event instanceof MoneyWithdrawn withdrawn) {
      return account.withBalance(account.balance() - withdrawn.amount());
    }
    if (event instanceof AccountClosed) {
      return new Account(account.owner(), account.balance(), Status.CLOSED);
    }
    throw new IllegalArgumentException("no fold for " + event);
  }

  private static Decision<AccountEvent> deposit(Account account, long amount) {
    if (amount <= 0) {
      return Decision.rejected("invalid-amount", "an amount must be positive");
    }
    if (account.balance() > Long.MAX_VALUE - amount) {
      return Decision.rejected("invalid-amount", "the balance would be too large");
    }
    return Decision.acceptedWithResult(
        new Balance(account.balance() + amount), List.of(new MoneyDeposited(amount)));
  }

  private static Decision<AccountEvent> withdraw(Account account, long amount) {
    if (amount <= 0) {
      return Decision.rejected("invalid-amount", "an amount must be positive");
    }
    if (account.balance() < amount) {
      return Decision.rejected(
          "insufficient-funds",
          "the balance does not cover the amount",
          Map.of("balance", Long.toString(account.balance()), "amount", Long.toString(amount)));
    }
    return Decision.acceptedWithResult(
        new Balance(account.balance() - amount), List.of(new MoneyWithdrawn(amount)));
  }
}
