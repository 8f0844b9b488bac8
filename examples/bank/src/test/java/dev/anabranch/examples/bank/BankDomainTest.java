package dev.anabranch.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.examples.bank.AccountCommand.Withdraw;
import dev.anabranch.examples.bank.AccountEvent.AccountClosed;
import dev.anabranch.examples.bank.AccountEvent.AccountOpened;
import dev.anabranch.examples.bank.AccountEvent.MoneyDeposited;
import dev.anabranch.examples.bank.AccountEvent.MoneyWithdrawn;
import dev.anabranch.testkit.DomainFixture;
import dev.anabranch.testkit.RecordedEvents;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What the jobs need of the bank: that they find it, and that it reads what older releases wrote.
 */
class BankDomainTest {

  @Test
  void isFoundByTheJobs() {
    var types = AggregateTypes.load(BankDomain.class.getClassLoader());

    assertThat(types.find("Account")).containsSame(BankDomain.ACCOUNT);
  }

  @Test
  void readsAccountsOpenedByTheFirstRelease() {
    var stored = json("AccountOpened", 1, "{\"name\":\"Alice\"}");

    DomainFixture.of(BankDomain.ACCOUNT)
        .givenStored(stored)
        .when(new Withdraw(5))
        .expectRejection("insufficient-funds")
        .expectState(new Account("Alice", 0, Account.Status.OPEN));
  }

  @Test
  void storesEventsAsReleasesBeforeDid() {
    RecordedEvents.of(BankDomain.ACCOUNT, Path.of("src/test/resources/account-events.txt"))
        .check(
            new AccountOpened("Alice"),
            new MoneyDeposited(5),
            new MoneyWithdrawn(5),
            new AccountClosed());
  }

  private static EncodedMessage json(String type, int schemaVersion, String json) {
    return new EncodedMessage(type, schemaVersion, json.getBytes(StandardCharsets.UTF_8));
  }
}
