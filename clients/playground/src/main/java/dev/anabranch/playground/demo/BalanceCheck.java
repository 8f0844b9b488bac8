package dev.anabranch.playground.demo;

import dev.anabranch.cli.log.AggregateFold;
import dev.anabranch.cli.log.AggregateHistory;
import dev.anabranch.cli.log.CurrentSession;
import dev.anabranch.cli.text.Payload;
import dev.anabranch.cli.text.Table;
import dev.anabranch.examples.bank.BankDomain;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Shards;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreLayout;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Folds accounts from the store and compares their balances with what the replies said. */
final class BalanceCheck {

  private static final int SHOWN = 5;

  private final EventStore store;
  private final DemoScreen screen;
  private long differences;

  BalanceCheck(EventStore store, DemoScreen screen) {
    this.store = store;
    this.screen = screen;
  }

  /** Whether all are equal. Shows the first few, and those that differ. */
  boolean run(Map<AggregateKey, Long> expected) {
    var lines = new TreeMap<String, String[]>();
    var shown =
        expected.keySet().stream().map(AggregateKey::toString).sorted().limit(SHOWN).toList();
    try (var session = new CurrentSession(store)) {
      for (var account : byDatabase(expected.keySet())) {
        var fold = new AggregateFold(BankDomain.ACCOUNT);
        AggregateHistory.read(session.of(account), account, Long.MAX_VALUE, fold);
        var stored = fold.version() == 0 ? 0 : balance(fold);
        var replied = expected.getOrDefault(account, 0L);
        if (stored != replied) {
          differences++;
        }
        if (stored != replied || shown.contains(account.toString())) {
          lines.put(account.toString(), line(fold.version(), stored, replied));
        }
      }
    }
    var table = new Table("ACCOUNT", ">VERSION", ">BALANCE", ">REPLIES SAY");
    lines.forEach((account, cells) -> table.row(account, cells[0], cells[1], cells[2]));
    screen.print(out -> table.print(out, screen.style()));
    screen.line(verdict(expected.size()));
    return differences == 0;
  }

  private String verdict(int accounts) {
    var style = screen.style();
    return differences == 0
        ? style.good(
            "All " + accounts + " balances, folded from the store, are what the replies add up to.")
        : style.bad(differences + " of " + accounts + " balances differ.");
  }

  private static String[] line(long version, long stored, long replied) {
    return new String[] {Long.toString(version), money(stored), money(replied)};
  }

  /** So that one session after the other is needed. */
  private List<AggregateKey> byDatabase(Collection<AggregateKey> accounts) {
    return accounts.stream()
        .sorted(Comparator.comparingInt((AggregateKey key) -> database(store.layout(), key)))
        .toList();
  }

  private static int database(StoreLayout layout, AggregateKey key) {
    return layout.databaseOf(Shards.shardOf(key, layout.shardCount()));
  }

  private static long balance(AggregateFold fold) {
    return Payload.json(fold.state().data())
        .map(state -> state.path("balance").longValue())
        .orElseThrow();
  }

  private static String money(long cents) {
    return BigDecimal.valueOf(cents, 2).toString();
  }
}
