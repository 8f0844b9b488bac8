package dev.anabranch.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.examples.bank.AccountCommand.Withdraw;
import dev.anabranch.testkit.DomainFixture;
import java.nio.charset.StandardCharsets;
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

  private static EncodedMessage json(String type, int schemaVersion, String json) {
    return new EncodedMessage(type, schemaVersion, json.getBytes(StandardCharsets.UTF_8));
  }
}
