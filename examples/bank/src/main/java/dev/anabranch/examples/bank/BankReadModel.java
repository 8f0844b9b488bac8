package dev.anabranch.examples.bank;

import dev.anabranch.examples.bank.AccountEvent.AccountClosed;
import dev.anabranch.examples.bank.AccountEvent.AccountOpened;
import dev.anabranch.examples.bank.AccountEvent.MoneyDeposited;
import dev.anabranch.examples.bank.AccountEvent.MoneyWithdrawn;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.ReadModel;
import dev.anabranch.projection.RowChange;
import java.util.List;

/** What the bank wants to query: balances, with the bank's totals, and statements. */
public final class BankReadModel implements ReadModel {

  /** One row for each account. */
  public static final QueryTable BALANCES =
      QueryTable.named("balances")
          .key(Column.text("account", 128))
          .columns(
              Column.text("owner", 200),
              Column.text("status", 10),
              Column.integer("balance"),
              Column.integer("version"),
              Column.timestamp("changed_at"))
          .index("by_balance", "balance")
          .index("by_owner", "owner")
          .build();

  /** One row, to which the events of all accounts add. */
  public static final QueryTable BANK_TOTALS =
      QueryTable.named("bank_totals")
          .key(Column.text("name", 10))
          .columns(Column.integer("open_accounts"), Column.integer("money"))
          .build();

  /** One row for each movement of money. */
  public static final QueryTable STATEMENT =
      QueryTable.named("statement")
          .key(Column.text("account", 128), Column.integer("version"), Column.integer("line"))
          .columns(Column.timestamp("at"), Column.text("movement", 10), Column.integer("amount"))
          .build();

  public static final Projection BALANCES_PROJECTION =
      Projection.named("balances")
          .tables(BALANCES, BANK_TOTALS)
          .from(BankDomain.ACCOUNT, BankReadModel::balance)
          .build();

  public static final Projection STATEMENT_PROJECTION =
      Projection.named("statement")
          .tables(STATEMENT)
          .from(BankDomain.ACCOUNT, BankReadModel::movement)
          .build();

  @Override
  public List<Projection> projections() {
    return List.of(BALANCES_PROJECTION, STATEMENT_PROJECTION);
  }

  private static List<RowChange> balance(AccountEvent event, ProjectionContext context) {
    var account =
        BALANCES
            .row(context.aggregateId())
            .set("version", context.version())
            .set("changed_at", context.timestamp());
    var totals = BANK_TOTALS.row("all");
    if (event instanceof AccountOpened opened) {
      return List.of(
          account.set("owner", opened.owner()).set("status", "open"),
          totals.add("open_accounts", 1));
    }
    if (event instanceof MoneyDeposited deposited) {
      return List.of(
          account.add("balance", deposited.amount()), totals.add("money", deposited.amount()));
    }
    if (event instanceof MoneyWithdrawn withdrawn) {
      return List.of(
          account.add("balance", -withdrawn.amount()), totals.add("money", -withdrawn.amount()));
    }
    if (event instanceof AccountClosed) {
      return List.of(account.set("status", "closed"), totals.add("open_accounts", -1));
    }
    return List.of();
  }

  private static List<RowChange> movement(AccountEvent event, ProjectionContext context) {
    if (event instanceof MoneyDeposited deposited) {
      return List.of(line(context, "deposit", deposited.amount()));
    }
    if (event instanceof MoneyWithdrawn withdrawn) {
      return List.of(line(context, "withdrawal", -withdrawn.amount()));
    }
    return List.of();
  }

  private static RowChange line(ProjectionContext context, String movement, long amount) {
    return STATEMENT
        .row(context.aggregateId(), context.version(), context.index())
        .set("at", context.timestamp())
        .set("movement", movement)
        .set("amount", amount);
  }
}
