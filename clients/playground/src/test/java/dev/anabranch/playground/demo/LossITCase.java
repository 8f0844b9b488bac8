package dev.anabranch.playground.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.cli.text.Style;
import dev.anabranch.client.Command;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.embedded.RegionLinks;
import dev.anabranch.embedded.RegionTopology;
import dev.anabranch.examples.orders.OrderCommand;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.CancelOrder;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrdersDomain;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.playground.traffic.Pause;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A region whose store has lost acknowledged rows, with all that runs on it: command job,
 * cross-region job, projection job and a peer; and what a person does about it at the command line.
 */
class LossITCase {

  private static final String REFUSED = "lost acknowledged rows";
  private static final int SHARDS = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path temporary;

  private final DemoParts parts = new DemoParts();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private DemoRegions regions;
  private RegionLinks links;
  private DemoRegion near;
  private DemoRegion far;

  /** Of the first database, and of the second. */
  private final String told = idIn(shard -> shard < SHARDS / 2);

  private final String gone = idIn(shard -> shard >= SHARDS / 2);

  @AfterEach
  void end() {
    parts.close();
  }

  @Test
  void allJobsRefuseItUntilAPersonHasAcceptedTheLossAndThenNothingContradictsTheStore()
      throws Exception {
    start();
    accept(near, told, new CreateOrder("Ann"));
    accept(near, gone, new CreateOrder("Bob"));
    var first = accept(near, told, new AddItem("desk"));
    agree(ExitCode.OK);
    links.cut(regions.topology().links());
    var second = accept(near, gone, new CancelOrder("by mistake"));
    await("what is lost is shown", () -> ordered("desk") == 1 && isCancelled(gone));
    await("the commands' group has passed them", () -> commandsRead() == 4);

    lose(first);
    lose(second);
    near.job().killTaskManager();
    near.job().startTaskManager();

    everyJobRefuses();
    near.job().start(near.options());
    near.job().startCrossRegion(near.crossRegionOptions());
    everyJobRefuses();
    near.job().cancelProjections();
    theCommandLineShowsTheLoss(first, second);
    mistakesAreRefused(first, second);

    assertThat(acceptLoss(first, second)).as("%s", err).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .contains("Shard " + first.shard() + " goes on at offset " + first.offset())
        .contains("what was there up to " + second.offset() + " is given up")
        .containsPattern("have applied rows that are given up: .*popular_items v1")
        .contains("may show rows that are given up: orders v1")
        .contains("views.near");
    theCommandLineShowsThatItWasAccepted(first, second);

    deleteTheTopicOfViews();
    near.job().start(near.options());
    assertThat(accept(near, gone, new AddItem("new"))).isEqualTo(second);
    links.heal();
    near.job().startCrossRegion(near.crossRegionOptions());
    startProjections();
    everythingThatIsShownIsOfTheStore();
    whatContradictsIsTold();
  }

  private void start() throws Exception {
    var directory = parts.openDirectory(temporary.resolve("regions"));
    regions =
        new DemoRegions(
            parts,
            directory.path(),
            RegionTopology.mesh(List.of("near", "far")),
            EmbeddedKafka::start);
    links =
        regions.start(new DemoScreen(new PrintWriter(new StringWriter()), new Style(false)), false);
    near = regions.first();
    far = regions.last();
    startProjections();
  }

  private void startProjections() throws Exception {
    near.job()
        .startProjections(ProjectionJobOptions.fromArgs("--config", near.config().toString()));
  }

  private void everyJobRefuses() {
    await("the command job is refused", () -> near.job().endOfCommands().contains(REFUSED));
    await("the cross-region job too", () -> near.job().endOfCrossRegion().contains(REFUSED));
    await("a version stands still", () -> run("projections", "list") == 0 && says("stands still"));
    assertThat(out.toString()).contains("popular_items v1 stands still in ");
  }

  private void theCommandLineShowsTheLoss(LogPosition first, LogPosition second) {
    out.getBuffer().setLength(0);
    assertThat(run("region", "losses")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString())
        .containsPattern(line(first.shard(), first.offset(), first.offset()))
        .containsPattern(line(second.shard(), second.offset(), second.offset()));
  }

  private static String line(int shard, long from, long to) {
    return "(?m)^ *" + shard + " +" + from + " +" + to + "  .*seen committed|events topic";
  }

  private void mistakesAreRefused(LogPosition first, LogPosition second) {
    var shard = Integer.toString(first.shard());
    var from = Long.toString(first.offset());
    assertThat(run("region", "accept-loss", "--shard", shard, "--from", from, "--reason", "x"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("region", "accept-loss", "--shard", shard, "--from", from, "--author", "kim"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--author").contains("--reason");
    refused(
        "--from must be given once for each --shard", shard + "," + second.shard(), from, "kim");
    refused("--shard names a shard twice", shard + "," + shard, from + "," + from, "kim");
    refused("the region has the shards 0 to 63", "64", "0", "kim");
    refused("lacks no row that is known to be committed", other(first, second), "0", "kim");
    refused("the store of shard " + shard + " ends before", shard, first.offset() + 1 + "", "kim");
    refused("--author must have 1 to 255 bytes", shard, from, " ");
    refused("--author must have 1 to 255 bytes", shard, from, "ä".repeat(128));
    assertThat(run("region", "losses")).as("nothing was accepted").isEqualTo(ExitCode.PROBLEMS);
  }

  private static String other(LogPosition first, LogPosition second) {
    return IntStream.range(0, SHARDS)
        .filter(shard -> shard != first.shard() && shard != second.shard())
        .mapToObj(Integer::toString)
        .findFirst()
        .orElseThrow();
  }

  private void refused(String why, String shards, String from, String author) {
    err.getBuffer().setLength(0);
    assertThat(
            run(
                "region",
                "accept-loss",
                "--shard",
                shards,
                "--from",
                from,
                "--author",
                author,
                "--reason",
                "disk gone"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(why).doesNotContain("\tat ");
  }

  private int acceptLoss(LogPosition first, LogPosition second) {
    out.getBuffer().setLength(0);
    return run(
        "region",
        "accept-loss",
        "--shard",
        first.shard() + "," + second.shard(),
        "--from",
        first.offset() + "," + second.offset(),
        "--author",
        "kim",
        "--reason",
        "disk gone");
  }

  private void theCommandLineShowsThatItWasAccepted(LogPosition first, LogPosition second) {
    out.getBuffer().setLength(0);
    assertThat(run("region", "losses")).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .contains("No shard lacks a row that is known to be committed.")
        .containsPattern("kim +disk gone");
    refused(
        "lacks no row that is known to be committed", first.shard() + "", first.offset() + "", "b");
    assertThat(run("projections", "status", "orders")).isZero();
    assertThat(out.toString()).contains("orders v1 may show rows that the event store lost");
    assertThat(run("projections", "switch", "orders", "1")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(second.shard()).isNotEqualTo(first.shard());
  }

  /** Their views are newer than those that the log without them makes. */
  private void deleteTheTopicOfViews() throws Exception {
    try (var admin = Admin.create(kafka())) {
      admin.deleteTopics(List.of("views.near")).all().get();
    }
  }

  private void everythingThatIsShownIsOfTheStore() {
    for (var projection : List.of("orders", "popular_items")) {
      assertThat(run("projections", "rebuild", projection)).as("%s", err).isZero();
      await(
          "a rebuild of " + projection,
          () -> run("projections", "switch", projection, "2", "--max-behind", "0") == 0);
      assertThat(run("projections", "drop", projection, "1")).as("%s", err).isZero();
    }
    await("what the peer has is back", () -> ordered("desk") == 1 && items(told) == 1);
    assertThat(ordered("new")).isOne();
    assertThat(items(gone)).isOne();
    assertThat(isCancelled(gone)).as("what is gone for good is shown").isFalse();
  }

  /** The peer took what was lost from the topic, and the region has given its name to another. */
  private void whatContradictsIsTold() {
    out.getBuffer().setLength(0);
    assertThat(run("verify")).as("%s%s", out, err).isZero();
    agree(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("ContractOrder/" + gone);
    assertThat(out.toString()).doesNotContain("ContractOrder/" + told);
  }

  // -- Inside.

  private static String idIn(IntPredicate shard) {
    return IntStream.range(0, 10_000)
        .mapToObj(number -> "order-" + number)
        .filter(
            id -> shard.test(Shards.shardOf(new AggregateKey("ContractOrder", id) + "", SHARDS)))
        .findFirst()
        .orElseThrow();
  }

  /** How many commands no start reads again. */
  private long commandsRead() {
    var group = near.options().commands().groupId();
    try (var admin = Admin.create(kafka())) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .filter(Objects::nonNull)
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", near.servers().bootstrapServers());
  }

  private static LogPosition accept(DemoRegion region, String order, OrderCommand command) {
    var reply =
        region
            .client()
            .send(Command.of(OrdersDomain.CONTRACT_ORDER, order, command), ReplyLevel.COMMITTED)
            .join();
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
    return reply.backing().position();
  }

  /** As a replica does that lagged when it became the primary. */
  private void lose(LogPosition from) throws SQLException {
    var layout = near.store().layout();
    var name = layout.databases().get(layout.databaseOf(from.shard()));
    var database = near.servers().database(name);
    try (var connection =
            DriverManager.getConnection(
                near.servers().jdbcUrl(name), database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          "DELETE FROM event_log WHERE shard = "
              + from.shard()
              + " AND shard_offset >= "
              + from.offset());
    }
  }

  private long ordered(String item) {
    return number("SELECT ordered FROM popular_items WHERE item = '" + item + "'");
  }

  private long items(String order) {
    return number("SELECT items FROM orders WHERE order_id = '" + order + "'");
  }

  private boolean isCancelled(String order) {
    return number("SELECT cancelled FROM orders WHERE order_id = '" + order + "'") == 1;
  }

  /** 0 if there is no such row. */
  private long number(String sql) {
    var database = near.servers().database(DemoServers.QUERY_DATABASE);
    try (var connection =
            DriverManager.getConnection(
                near.servers().queryUrl(), database.user(), database.password());
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      return result.next() ? result.getLong(1) : 0;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void await(String what, BooleanSupplier condition) {
    try {
      Pause.until(what, PATIENCE, condition);
    } catch (IllegalStateException e) {
      throw new AssertionError(e.getMessage() + "\n" + out + "\n" + err, e);
    }
  }

  private boolean says(String text) {
    return out.toString().contains(text);
  }

  private void agree(int expected) {
    var files = near.config() + "," + far.config();
    assertThat(
            Anabranch.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "verify",
                "--across",
                files,
                "--wait",
                expected == ExitCode.OK ? "60" : "2"))
        .as("%s%s", out, err)
        .isEqualTo(expected);
  }

  private int run(String... args) {
    var line = new ArrayList<>(List.of(args));
    line.add("--config");
    line.add(near.config().toString());
    return Anabranch.run(new PrintWriter(out), new PrintWriter(err), line.toArray(new String[0]));
  }
}
