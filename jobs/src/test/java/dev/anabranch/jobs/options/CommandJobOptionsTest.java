package dev.anabranch.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.jobs.config.InvalidOptionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options as a user meets them: a file and arguments in, values or one report out. */
class CommandJobOptionsTest {

  private static final String VALID =
      """
      region.name: eu-west
      kafka:
        bootstrap-servers: kafka-1:9092,kafka-2:9092
        properties:
          security.protocol: SSL
      store:
        databases: [one, two]
        database:
          one: {url: "jdbc:mysql://db1:3306/anabranch", user: app, password: s3cret}
          two: {url: "jdbc:mysql://db2:3306/anabranch", user: app, password: s3cret}
      """;

  @TempDir Path directory;

  @Test
  void fewKeysAreEnough() throws IOException {
    var options = read(VALID);

    assertThat(options.region().name().value()).isEqualTo("eu-west");
    assertThat(options.region().shardCount()).isEqualTo(512);
    assertThat(options.region().eventsPartitions()).isEqualTo(8);
    assertThat(options.kafka().clientProperties()).containsEntry("security.protocol", "SSL");
    assertThat(options.newTopics()).isEmpty();
    assertThat(options.commands().topic()).isEqualTo("commands.eu-west");
    assertThat(options.commands().start()).isEqualTo(CommandSource.Start.COMMITTED);
    assertThat(options.events().topic()).isEqualTo("events.eu-west");
    assertThat(options.events().delivery()).isEqualTo(EventsOptions.Delivery.AT_LEAST_ONCE);
    assertThat(options.replies().topic()).isEqualTo("replies.eu-west");
    assertThat(options.deadLetters().topic()).isEqualTo("dead-letters.eu-west");
    assertThat(options.operator().maxCommitBytes()).isEqualTo(921_600);
    assertThat(options.operator().batching().maxRows()).isEqualTo(500);
    assertThat(options.operator().batching().maxBytes()).isEqualTo(4 << 20);
    assertThat(options.operator().drainTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(options.store().migrate()).isTrue();
    assertThat(options.store().config().sessions().insertStrategy()).isEqualTo(InsertStrategy.TEXT);
    assertThat(options.flink()).isEmpty();
  }

  @Test
  void shardsAreSplitEvenlyUnlessTheyAreGiven() throws IOException {
    assertThat(read(VALID).store().config().databases())
        .extracting(database -> database.shards().toString())
        .containsExactly("0-255", "256-511");

    assertThat(
            read(
                    VALID,
                    "--store.database.one.shards=0-99",
                    "--store.database.two.shards",
                    "100-511")
                .store()
                .config()
                .databases())
        .extracting(database -> database.shards().toString())
        .containsExactly("0-99", "100-511");
  }

  @Test
  void argumentsWinOverTheFile() throws IOException {
    var options =
        read(
            VALID,
            "--commit.max-rows",
            "200",
            "-Devents.delivery=exactly-once",
            "--flink.parallelism.default=4",
            "--region.name=us-east",
            "--replies.allowed-topics=replies-a, replies-b");

    assertThat(options.operator().batching().maxRows()).isEqualTo(200);
    assertThat(options.events().isExactlyOnce()).isTrue();
    assertThat(options.flink()).containsEntry("parallelism.default", "4");
    assertThat(options.commands().topic()).isEqualTo("commands.us-east");
    assertThat(options.replies().allowedTopics())
        .containsExactlyInAnyOrder("replies-a", "replies-b");
  }

  @Test
  void everyMistakeIsReportedAtOnce() throws IOException {
    var report =
        reportOf(
            """
            region:
              name: EU West
              shard-counts: 64
            commit.max-rows: many
            commit.drain-timeout: 1 ms
            store.databases: [one]
            store.database.one.url: jdbc:mysql://db1:3306/anabranch
            store.database.two.user: app
            """,
            "--events.delivery",
            "at-most-once",
            "--store.migrate",
            "perhaps");

    assertThat(report)
        .startsWith("10 options are wrong:")
        .contains("region.name = EU West (command.yaml, line 2)")
        .contains("expected 1 to 16 of a-z, 0-9 and -")
        .contains("region.shard-counts = 64 (command.yaml, line 3)")
        .contains("did you mean region.shard-count?")
        .contains("commit.max-rows = many (command.yaml, line 4)")
        .contains("expected a whole number from 1 to 2000")
        .contains("commit.drain-timeout = 1 ms (command.yaml, line 5)")
        .contains("expected a duration from 100 ms to 10 min")
        .contains("kafka.bootstrap-servers\n      is missing; expected host:port")
        .contains("store.database.one.user\n      is missing")
        .contains("store.database.one.password\n      is missing; give it, or")
        .contains("store.database.two.user = app (command.yaml, line 8)")
        .contains("names no database of store.databases, [one]")
        .contains("events.delivery = at-most-once (argument --events.delivery)")
        .contains("expected at-least-once or exactly-once")
        .contains("store.migrate = perhaps (argument --store.migrate)")
        .contains("expected true or false");
  }

  @Test
  void contradictionsAreReported() throws IOException {
    var report =
        reportOf(
            VALID,
            "--commands.topic=one-for-all",
            "--events.topic=one-for-all",
            "--region.shard-count=4",
            "--region.events-partitions=8",
            "--commit.batch-max-bytes=100kb",
            "--commit.max-pending=100",
            "--aggregates.cache-size=150",
            "--events.transaction-timeout=10 min",
            "--store.database.one.password-file=/run/secrets/db",
            "--store.database.two.shards=0-3",
            "--flink.pipeline.max-parallelism=128",
            "--flink.parallelism.default=8");

    assertThat(report)
        .contains("is the topic of")
        .contains("must not exceed region.shard-count, 4: a partition without a shard")
        .contains("must be at least commit.max-bytes, 921600 bytes")
        .contains("must be at least commit.max-rows, 500")
        .contains("has no effect while events.delivery is at-least-once")
        .contains("names a file that can't be read")
        .contains(
            "store.database.one.shards\n      is missing: give it for every database or for none")
        .contains("flink.pipeline.max-parallelism = 128")
        .contains("must be 4; remove it")
        .contains("flink.parallelism.default = 8")
        .contains("must not exceed region.shard-count, 4");
  }

  @Test
  void shardsMustBeCoveredExactlyOnce() throws IOException {
    assertThat(
            reportOf(
                VALID, "--store.database.one.shards=0-300", "--store.database.two.shards=256-511"))
        .contains(
            "have the shards [0-300, 256-511]; together they must hold each of 0-511 exactly once");
    assertThat(
            reportOf(
                VALID, "--store.database.one.shards=0-255", "--store.database.two.shards=257-511"))
        .contains("exactly once");
  }

  @Test
  void secretsAreNeverShown() throws IOException {
    var report =
        reportOf(
            VALID,
            "--store.database.one.password-file=/nowhere",
            "--store.database.one.url=jdbc:mysql://admin:hunter2@db1:3306/anabranch?password=hunter2",
            "--kafka.properties.sasl.jaas.config=hunter2 module",
            "--kafka.properties.acks=hunter2",
            "--store.database.one.passwort=hunter2",
            "--store.password=hunter2");

    assertThat(report).contains("(hidden)").doesNotContain("s3cret");
    assertThat(report.replace("kafka.properties.acks = hunter2", ""))
        .contains("store.password = (hidden)")
        .doesNotContain("admin:hunter2")
        .doesNotContain("password=hunter2");
    assertThat(read(VALID).toString()).doesNotContain("s3cret");
  }

  @Test
  void aPasswordMayBeInAFile() throws IOException {
    var file = Files.writeString(directory.resolve("password"), "from-file\n");
    var options = read(VALID.replace("password: s3cret}\n", "password-file: " + file + "}\n"));

    assertThat(options.store().config().databases())
        .extracting(database -> database.password())
        .containsOnly("from-file");
  }

  @Test
  void withoutAnyOptionEachRequiredOneIsNamed() {
    assertThatThrownBy(() -> CommandJobOptions.fromArgs())
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("region.name\n      is missing")
        .hasMessageContaining("kafka.bootstrap-servers\n      is missing")
        .hasMessageContaining("store.databases\n      is missing")
        .hasMessageNotContaining("store.database.");
  }

  private CommandJobOptions read(String yaml, String... arguments) throws IOException {
    var file = Files.writeString(directory.resolve("command.yaml"), yaml);
    var all = new ArrayList<>(List.of("--config", file.toString()));
    all.addAll(List.of(arguments));
    return CommandJobOptions.fromArgs(all.toArray(String[]::new));
  }

  private String reportOf(String yaml, String... arguments) {
    return catchThrowableOfType(InvalidOptionsException.class, () -> read(yaml, arguments))
        .getMessage();
  }
}
