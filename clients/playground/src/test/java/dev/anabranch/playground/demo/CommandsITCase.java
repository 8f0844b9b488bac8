package dev.anabranch.playground.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.text.Style;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.embedded.RegionTopology;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.playground.traffic.Pause;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command against a running region, in one story: commands are sent, looked at, verified;
 * then the store is damaged, and verify says so.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandsITCase {

  private static final DemoParts PARTS = new DemoParts();

  @TempDir private static Path temporary;

  private static String config = "";
  private static DemoServers servers;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void startRegion() throws Exception {
    var directory = PARTS.openDirectory(temporary.resolve("region"));
    var regions =
        new DemoRegions(
            PARTS, directory.path(), RegionTopology.mesh(List.of("demo")), EmbeddedKafka::start);
    var unused =
        regions.start(new DemoScreen(new PrintWriter(new StringWriter()), new Style(false)), false);
    servers = regions.first().servers();
    config = regions.first().config().toString();
    regions.first().job().startProjections(ProjectionJobOptions.fromArgs("--config", config));
  }

  @AfterAll
  static void endRegion() {
    PARTS.close();
  }

  @Test
  @Order(1)
  void sendsOneCommandAndShowsItsOutcome() {
    assertThat(run("send", "Account/1", "OpenAccount", "{\"owner\":\"Ann\"}", "--id", "open"))
        .isZero();
    assertThat(
            run(
                "send",
                "Account/1",
                "Deposit",
                "{\"amount\":500}",
                "--id",
                "d1",
                "--meta",
                "user=ann"))
        .isZero();

    assertThat(out.toString())
        .contains("accepted  Account/1 version 1  command open")
        .contains("accepted  Account/1 version 2  command d1")
        .contains("{\"balance\":500}");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  @Order(2)
  void aRejectedCommandIsSaidSoAndARepeatGetsTheFirstOutcome() {
    assertThat(run("send", "Account/1", "Withdraw", "{\"amount\":900}", "--id", "w1")).isEqualTo(1);
    assertThat(run("send", "Account/1", "Deposit", "{\"amount\":1}", "--expected-version", "1"))
        .isEqualTo(1);
    assertThat(run("send", "Account/1", "Deposit", "{\"amount\":500}", "--id", "d1", "--json"))
        .isZero();

    assertThat(out.toString())
        .contains("insufficient-funds: the balance does not cover the amount")
        .contains("balance: 500")
        .contains("version-conflict: expected version 1, is 2")
        .contains("\"repeated\":true")
        .contains("\"version\":2");
  }

  @Test
  @Order(3)
  void sendsAFileAndNamesItsBadLines() throws IOException {
    var file = temporary.resolve("commands.jsonl");
    Files.writeString(
        file,
        """
        {"aggregate":"Account/2","type":"OpenAccount","data":{"owner":"Bob"},"id":"o2"}
        {"aggregate":"Account/2","type":"Deposit"}

        {"aggregate":"Account/2","type":"Deposit","data":{"amount":7},"id":"d2"}
        {"aggregate":"Account/2","type":"Deposit","data":{"amount":"x"},"id":"d3"}
        {"aggregate":"Account/2","type":"Withdraw","data":{"amount":9},"id":"w2"}
        """);

    assertThat(run("send", "--file", file.toString())).isEqualTo(1);

    assertThat(err.toString())
        .contains("line 2: field 'data' is missing")
        .contains("line 5: undecodable: ");
    assertThat(out.toString())
        .contains("sent 4 commands")
        .contains("accepted 2, rejected 1 (insufficient-funds 1), unchanged 0, repeated 0, ")
        .contains("errors 1")
        .contains("lines that are no command 1")
        .contains("latency p50");
  }

  @Test
  @Order(4)
  void sentMeansThatKafkaHasIt() {
    assertThat(run("send", "Account/3", "OpenAccount", "{\"owner\":\"Cy\"}", "--level", "sent"))
        .isZero();

    assertThat(out.toString()).startsWith("sent  Account/3").contains("commands.demo-");
  }

  @Test
  @Order(5)
  void showsAHistoryAsTableAndAsJson() {
    assertThat(run("history", "Account/1")).isZero();
    assertThat(run("history", "Account/1", "--json", "--version", "1")).isZero();

    assertThat(out.toString())
        .contains("VERSION  WHEN (UTC)")
        .contains("AccountOpened v2  {\"owner\":\"Ann\"}")
        .contains("MoneyDeposited    {\"amount\":500}")
        .contains("\"commandId\":\"open\"")
        .contains("\"data\":{\"owner\":\"Ann\"}");
  }

  @Test
  @Order(6)
  void foldsAState() {
    assertThat(run("state", "Account/1")).isZero();
    assertThat(run("state", "Account/1", "--version", "1", "--json")).isZero();
    assertThat(run("state", "Account/1", "--version", "9")).isEqualTo(1);
    assertThat(run("state", "Account/none")).isEqualTo(1);
    assertThat(run("state", "Cart/1")).isEqualTo(2);

    assertThat(out.toString())
        .contains("Account/1  version 2")
        .contains("\"balance\" : 500")
        .contains("\"balance\":0");
    assertThat(err.toString())
        .contains("Account/1 is at version 2, there is no version 9")
        .contains("Account/none has no commits")
        .contains("aggregate type Cart is not in the class path, which is used where there is no");
  }

  @Test
  @Order(7)
  void migratesAndValidatesTheSchema() {
    assertThat(run("schema", "migrate")).isZero();
    assertThat(run("schema", "validate")).isZero();
    assertThat(run("schema", "validate", "-D", "region.shard-count=32")).isEqualTo(2);

    assertThat(out.toString()).contains("is ready: 64 shards").contains("north");
    assertThat(err.toString()).isNotEmpty();
  }

  @Test
  @Order(8)
  void verifiesASoundRegionAlsoAfterARepublish() {
    assertThat(run("verify")).isZero();
    assertThat(run("events", "republish")).isZero();
    assertThat(run("verify", "--json")).isZero();

    assertThat(out.toString())
        .contains("Store and topic are sound.")
        .containsPattern("Published \\d+ rows again to events.demo")
        .contains("\"clean\":true")
        .containsPattern("\"repeats\":[1-9]");
  }

  @Test
  @Order(9)
  void rebuildsSwitchesAndDropsAProjection() throws Exception {
    assertThat(run("projections", "rebuild", "balances")).isZero();
    assertThat(run("projections", "rebuild", "nope")).isEqualTo(2);
    Pause.until(
        "the rebuild",
        Duration.ofSeconds(60),
        () -> run("projections", "switch", "balances", "2", "--max-behind", "0") == 0);
    assertThat(run("projections", "drop", "balances", "2")).isEqualTo(2);
    assertThat(run("projections", "drop", "balances", "1")).isZero();
    out.getBuffer().setLength(0);
    assertThat(run("projections", "list")).isZero();
    assertThat(run("projections", "status", "balances")).isZero();
    assertThat(run("projections", "dead-letters", "list")).isZero();
    assertThat(run("projections", "dead-letters", "retry", "balances", "Account/1")).isEqualTo(1);
    assertThat(run("projections", "dead-letters", "retry", "balances", "--all")).isEqualTo(1);
    assertThat(run("projections", "dead-letters", "retry", "balances")).isEqualTo(2);

    assertThat(out.toString())
        .containsPattern("balances +2 +1  yes +0 +0  balances, bank_totals")
        .containsPattern("statement +1 +1  yes ")
        .contains("balances v2  revision 1, shown to readers")
        .contains("(100.0 %), 0 behind")
        .contains("There are none.");
    assertThat(err.toString())
        .contains("projection nope is not in the class path, which is used where there is no")
        .contains("readers see balances v2: switch them to another version before")
        .contains("Account/1 has no dead letter in balances v2")
        .contains("balances v2 has no dead letters")
        .contains("name one aggregate, or give --all");
    var database = servers.database(DemoServers.QUERY_DATABASE);
    try (var connection =
            DriverManager.getConnection(servers.queryUrl(), database.user(), database.password());
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT balance FROM balances WHERE account = '1'")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getLong(1)).isEqualTo(500);
    }
  }

  @Test
  @Order(10)
  void verifyNamesADamagedRow() throws Exception {
    for (var name : servers.databaseNames()) {
      var database = servers.database(name);
      try (var connection =
              DriverManager.getConnection(
                  servers.jdbcUrl(name), database.user(), database.password());
          var statement = connection.createStatement()) {
        statement.executeUpdate(
            "UPDATE event_log SET occurred_at = occurred_at + 1 WHERE command_id = 'd1'");
      }
    }

    assertThat(run("verify")).isEqualTo(1);
    assertThat(run("verify", "--store-only")).isZero();

    assertThat(out.toString())
        .contains("topic-differs: row ")
        .contains("is published with another occurred at")
        .contains("1 problem.");
  }

  private int run(String... args) {
    var withConfig = new String[args.length + 2];
    System.arraycopy(args, 0, withConfig, 0, args.length);
    withConfig[args.length] = "--config";
    withConfig[args.length + 1] = config;
    return Anabranch.run(new PrintWriter(out), new PrintWriter(err), withConfig);
  }
}
