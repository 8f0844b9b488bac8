package dev.anabranch.playground.demo;

import dev.anabranch.cli.text.Table;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.playground.traffic.Pause;
import java.math.BigDecimal;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shows the table that the bank's projection fills, and compares it with what the replies said. It
 * follows within milliseconds, so it is given a moment.
 */
final class QueryTableCheck {

  private static final int SHOWN = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final DemoServers servers;
  private final DemoScreen screen;

  QueryTableCheck(DemoServers servers, DemoScreen screen) {
    this.servers = servers;
    this.screen = screen;
  }

  /** A row of the table. */
  private record Row(String owner, String status, long balance) {}

  /** Whether the table says the same of every account. */
  boolean run(Map<AggregateKey, Long> expected) throws SQLException {
    var start = System.nanoTime();
    var rows = read();
    while (!agrees(rows, expected) && System.nanoTime() - start < PATIENCE.toNanos()) {
      Pause.millis(50);
      rows = read();
    }
    var table = new Table("account", "owner", "status", ">balance");
    rows.entrySet().stream()
        .limit(SHOWN)
        .forEach(
            row ->
                table.row(
                    row.getKey(),
                    row.getValue().owner,
                    row.getValue().status,
                    BigDecimal.valueOf(row.getValue().balance, 2).toString()));
    screen.print(out -> table.print(out, screen.style()));
    var agrees = agrees(rows, expected);
    var count = rows.size();
    screen.line(
        agrees
            ? screen
                .style()
                .good("All " + count + " rows of the query table are what the replies add up to.")
            : screen.style().bad("The query table differs from what the replies add up to."));
    return agrees;
  }

  private static boolean agrees(Map<String, Row> rows, Map<AggregateKey, Long> expected) {
    return expected.entrySet().stream()
        .allMatch(
            account -> {
              var row = rows.get(account.getKey().id());
              return row == null ? account.getValue() == 0 : row.balance == account.getValue();
            });
  }

  private Map<String, Row> read() throws SQLException {
    var database = servers.database(DemoServers.QUERY_DATABASE);
    var rows = new TreeMap<String, Row>();
    try (var connection =
            DriverManager.getConnection(servers.queryUrl(), database.user(), database.password());
        var statement = connection.createStatement();
        var result =
            statement.executeQuery("SELECT account, owner, status, balance FROM balances")) {
      while (result.next()) {
        rows.put(
            result.getString(1),
            new Row(
                String.valueOf(result.getString(2)),
                String.valueOf(result.getString(3)),
                result.getLong(4)));
      }
    }
    return rows;
  }
}
