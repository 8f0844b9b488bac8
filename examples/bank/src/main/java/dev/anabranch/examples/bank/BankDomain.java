package dev.anabranch.examples.bank;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Domain;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonResults;
import dev.anabranch.codec.JsonUpcaster;
import dev.anabranch.examples.bank.AccountCommand.CloseAccount;
import dev.anabranch.examples.bank.AccountCommand.Deposit;
import dev.anabranch.examples.bank.AccountCommand.OpenAccount;
import dev.anabranch.examples.bank.AccountCommand.Withdraw;
import dev.anabranch.examples.bank.AccountEvent.AccountClosed;
import dev.anabranch.examples.bank.AccountEvent.AccountOpened;
import dev.anabranch.examples.bank.AccountEvent.MoneyDeposited;
import dev.anabranch.examples.bank.AccountEvent.MoneyWithdrawn;
import java.util.List;

/** The bank: accounts. */
public final class BankDomain implements Domain {

  /** Accounts, under the type name that their keys and rows carry. */
  public static final AggregateType<Account, AccountCommand, AccountEvent> ACCOUNT =
      AggregateType.named("Account", new AccountDecider())
          .commands(
              JsonCodec.<AccountCommand>builder()
                  .type("OpenAccount", 1, OpenAccount.class)
                  .type("Deposit", 1, Deposit.class)
                  .type("Withdraw", 1, Withdraw.class)
                  .type("CloseAccount", 1, CloseAccount.class)
                  .build())
          .events(
              JsonCodec.<AccountEvent>builder()
                  .type("AccountOpened", 2, AccountOpened.class)
                  .type("MoneyDeposited", 1, MoneyDeposited.class)
                  .type("MoneyWithdrawn", 1, MoneyWithdrawn.class)
                  .type("AccountClosed", 1, AccountClosed.class)
                  .build(),
              nameBecameOwner())
          .state(JsonCodec.single("Account", 1, Account.class))
          .results(JsonResults.CONTENT_TYPE, JsonResults::encode)
          .build();

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(ACCOUNT);
  }

  /** Version 1 of AccountOpened called the owner "name". */
  private static JsonUpcaster nameBecameOwner() {
    return JsonUpcaster.of(
        "AccountOpened",
        1,
        2,
        event -> {
          event.set("owner", event.remove("name"));
          return event;
        });
  }
}
