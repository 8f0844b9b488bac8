package dev.anabranch.examples.bank;

import dev.anabranch.examples.bank.AccountCommand.CloseAccount;
import dev.anabranch.examples.bank.AccountCommand.Deposit;
import dev.anabranch.examples.bank.AccountCommand.OpenAccount;
import dev.anabranch.examples.bank.AccountCommand.Withdraw;
import dev.anabranch.examples.bank.AccountEvent.AccountClosed;
import dev.anabranch.examples.bank.AccountEvent.AccountOpened;
import dev.anabranch.examples.bank.AccountEvent.MoneyDeposited;
import dev.anabranch.examples.bank.AccountEvent.MoneyWithdrawn;
import dev.anabranch.testkit.DomainFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of an account: given events, when a command, then what. */
class AccountTest {

  private final DomainFixture<Account, AccountCommand, AccountEvent> none =
      DomainFixture.of(BankDomain.ACCOUNT);
  private final DomainFixture<Account, AccountCommand, AccountEvent> open =
      none.given(new AccountOpened("Alice"));

  @Test
  void isOpenedOnce() {
    none.when(new OpenAccount("Alice"))
        .expectEvents(new AccountOpened("Alice"))
        .expectState(new Account("Alice", 0, Account.Status.OPEN));
    open.when(new OpenAccount("Bob")).expectRejection("already-open");
    open.given(new AccountClosed()).when(new OpenAccount("Bob")).expectRejection("already-open");
  }

  @Test
  void answersADepositWithTheBalance() {
    open.given(new MoneyDeposited(100))
        .when(new Deposit(50))
        .expectEvents(new MoneyDeposited(50))
        .expectResult(new Balance(150));
  }

  @Test
  void paysOutNoMoreThanItHas() {
    var funded = open.given(new MoneyDeposited(100), new MoneyWithdrawn(30));

    funded.when(new Withdraw(70)).expectEvents(new MoneyWithdrawn(70)).expectResult(new Balance(0));
    funded
        .when(new Withdraw(71))
        .expectRejection("insufficient-funds", Map.of("balance", "70", "amount", "71"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void movesPositiveAmountsOnly(long amount) {
    open.when(new Deposit(amount)).expectRejection("invalid-amount");
    open.when(new Withdraw(amount)).expectRejection("invalid-amount");
  }

  @Test
  void refusesABalanceThatWouldNotFit() {
    open.given(new MoneyDeposited(Long.MAX_VALUE))
        .when(new Deposit(1))
        .expectRejection("invalid-amount");
  }

  @Test
  void isClosedWhenEmpty() {
    open.given(new MoneyDeposited(1)).when(new CloseAccount()).expectRejection("not-empty");
    open.when(new CloseAccount())
        .expectEvents(new AccountClosed())
        .expectState(new Account("Alice", 0, Account.Status.CLOSED));
  }

  @Test
  void doesNothingUnlessOpen() {
    none.when(new Deposit(1)).expectRejection("not-open");
    open.given(new AccountClosed()).when(new Withdraw(1)).expectRejection("not-open");
    open.given(new AccountClosed()).when(new CloseAccount()).expectRejection("not-open");
  }
}
