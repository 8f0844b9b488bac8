package dev.anabranch.examples.bank;

import static dev.anabranch.examples.bank.BankReadModel.BALANCES;
import static dev.anabranch.examples.bank.BankReadModel.BANK_TOTALS;
import static dev.anabranch.examples.bank.BankReadModel.STATEMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.examples.bank.AccountEvent.AccountClosed;
import dev.anabranch.examples.bank.AccountEvent.AccountOpened;
import dev.anabranch.examples.bank.AccountEvent.MoneyDeposited;
import dev.anabranch.examples.bank.AccountEvent.MoneyWithdrawn;
import dev.anabranch.projection.Projections;
import dev.anabranch.testkit.query.ProjectionFixture;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BankReadModelTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void balancesFollowTheAccountsAndTotalsAllOfThem() {
    ProjectionFixture.of(BankReadModel.BALANCES_PROJECTION)
        .at(NOON)
        .given(BankDomain.ACCOUNT, "ann", new AccountOpened("Ann"), new MoneyDeposited(500))
        .given(BankDomain.ACCOUNT, "bob", new AccountOpened("Bob"), new AccountClosed())
        .given(BankDomain.ACCOUNT, "ann", new MoneyWithdrawn(120))
        .expectRow(
            BALANCES
                .row("ann")
                .set("owner", "Ann")
                .set("status", "open")
                .set("balance", 380)
                .set("version", 3)
                .set("changed_at", NOON))
        .expectRow(BALANCES.row("bob").set("status", "closed").set("balance", 0))
        .expectRow(BANK_TOTALS.row("all").set("open_accounts", 1).set("money", 380))
        .expectRowCount(BALANCES, 2);
  }

  @Test
  void aStatementHasALineForEachMovement() {
    ProjectionFixture.of(BankReadModel.STATEMENT_PROJECTION)
        .given(BankDomain.ACCOUNT, "ann", new AccountOpened("Ann"), new MoneyDeposited(500))
        .given(BankDomain.ACCOUNT, "ann", new MoneyWithdrawn(120))
        .expectRow(STATEMENT.row("ann", 2, 0).set("movement", "deposit").set("amount", 500))
        .expectRow(STATEMENT.row("ann", 3, 0).set("movement", "withdrawal").set("amount", -120))
        .expectRowCount(STATEMENT, 2)
        .expectNoRow(STATEMENT, "ann", 1, 0);
  }

  @Test
  void theProjectionJobFindsThem() {
    assertThat(Projections.load(BankReadModelTest.class.getClassLoader()).all())
        .extracting(projection -> projection.name())
        .containsExactly("balances", "statement");
  }
}
