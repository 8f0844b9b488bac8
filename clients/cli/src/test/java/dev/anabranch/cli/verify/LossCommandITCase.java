package dev.anabranch.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.cli.exit.ExitCode;
import dev.anabranch.connectors.kafka.reader.KafkaPublishedLog;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.schema.SchemaMigrator;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.Stamp;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.wire.EventWire;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code region losses} and {@code region accept-loss} say, and what they leave alone, on a
 * real database and a real topic. Each test has a region of its own on servers that all share.
 */
class LossCommandITCase {

  private static final AggregateKey KEY = new AggregateKey("Account", "a1");
  private static final AtomicInteger REGIONS = new AtomicInteger();

  private static WorkDirectory directory;
  private static EmbeddedDatabase database;
  private static EmbeddedKafka kafka;

  @TempDir private Path temporary;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final TestLog log = new TestLog();
  private final String schema = "losses_" + REGIONS.incrementAndGet();
  private final String topic = "events." + schema;
  private final List<LogRow> rows = new ArrayList<>();
  private String user = "";

  @BeforeAll
  static void startServers() {
    directory = WorkDirectory.create("losses");
    database = EmbeddedDatabase.start(directory.resolve("database"));
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
  }

  @AfterAll
  static void stopServers() {
    kafka.close();
    database.close();
    directory.close();
  }

  /** Three rows that were committed and published, of which the store has the first. */
  @BeforeEach
  void loseRows() throws Exception {
    user = database.user();
    var unused = new SchemaMigrator(options().store().config()).migrate();
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
    }
    for (var i = 1; i <= 3; i++) {
      rows.add(log.commit(KEY, "c" + i));
    }
    publish(rows);
    append(rows.get(0));
  }

  @Test
  void rowsThatAreThereAreNoLoss() throws Exception {
    append(rows.get(1));
    append(rows.get(2));

    assertThat(run("region", "losses")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().strip())
        .isEqualTo("No shard lacks a row that is known to be committed.");
    assertThat(accept(3)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("lacks no row that is known to be committed; 'anabranch region losses' lists");
  }

  @Test
  void aLossIsShownAcceptedOnceAndRecorded() throws Exception {
    assertThat(run("region", "losses")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString())
        .containsPattern("SHARD +FROM +TO +KNOWN FROM")
        .containsPattern(shard() + " +1 +2 +the events topic");

    assertThat(accept(2)).as("there is nothing at 1").isEqualTo(ExitCode.USAGE);
    assertThat(accept(0)).as("the row at 0 is there").isEqualTo(ExitCode.USAGE);
    assertThat(accepted()).isEmpty();
    assertThat(accept(1)).as("%s", err).isEqualTo(ExitCode.OK);
    assertThat(accept(1)).as("once").isEqualTo(ExitCode.USAGE);

    assertThat(accepted()).hasSize(1);
    var loss = accepted().get(0);
    assertThat(List.of(loss.shard(), loss.author(), loss.reason()))
        .isEqualTo(List.of(shard(), "kim", "disk gone"));
    assertThat(List.of(loss.fromOffset(), loss.untilOffset())).isEqualTo(List.of(1L, 3L));
    assertThat(loss.end().position()).as("behind all that is forgotten").isEqualTo(3);
    assertThat(out.toString())
        .contains("Shard " + shard() + " goes on at offset 1; what was there up to 2 is given up.")
        .contains("Start the jobs without a checkpoint")
        .doesNotContain("have applied rows that are given up");
    out.getBuffer().setLength(0);
    assertThat(run("region", "losses")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).containsPattern(shard() + " +1 +2 +20.*Z +kim +disk gone");
    assertThat(run("verify")).as("%s%s", out, err).isEqualTo(ExitCode.OK);
  }

  @Test
  void anotherRowInPlaceOfALostOneIsAcceptedFromThereOn() throws Exception {
    append(other(rows.get(1)));
    append(other(rows.get(2)));
    assertThat(run("region", "losses")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("the events topic; another row is there");
    assertThat(accept(3)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("has another row at offset 2").contains("anabranch verify");

    assertThat(accept(1)).as("%s", err).isEqualTo(ExitCode.OK);

    assertThat(out.toString())
        .contains("anabranch events republish --shard " + shard() + " --from 1");
    assertThat(run("region", "losses")).isEqualTo(ExitCode.OK);
    assertThat(run("events", "republish", "--shard", shard() + "", "--from", "1"))
        .as("%s", err)
        .isEqualTo(ExitCode.OK);
    assertThat(run("verify")).as("%s%s", out, err).isEqualTo(ExitCode.OK);
  }

  @Test
  void whatOnlyAPeerKnowsIsALossWithoutAnEnd() throws Exception {
    append(rows.get(1));
    append(rows.get(2));
    try (var store = store();
        var session = open(store)) {
      session.recordMissing(new MissingRow(shard(), null, "region b has commit eu:9", 1));
    }
    assertThat(run("region", "losses")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).containsPattern(shard() + " +3 +\\? +region b has commit eu:9");

    assertThat(accept(3)).as("%s", err).isEqualTo(ExitCode.OK);

    assertThat(run("region", "losses")).isEqualTo(ExitCode.OK);
    assertThat(run("verify")).as("%s%s", out, err).isEqualTo(ExitCode.OK);
  }

  @Test
  void whoMayOnlyReadSeesTheLossAndAcceptsNothing() throws Exception {
    execute("CREATE USER 'reader_" + schema + "'@'%' IDENTIFIED BY '" + database.password() + "'");
    execute("GRANT SELECT ON " + schema + ".* TO 'reader_" + schema + "'@'%'");
    user = "reader_" + schema;
    assertThat(run("region", "losses")).as("%s", err).isEqualTo(ExitCode.PROBLEMS);

    assertThat(accept(1)).isNotEqualTo(ExitCode.OK);

    assertThat(err.toString()).contains("shard_loss").doesNotContain("\tat ");
    assertThat(out.toString()).doesNotContain("goes on at offset");
    assertThat(run("region", "losses")).isEqualTo(ExitCode.PROBLEMS);
    user = database.user();
    assertThat(accepted()).isEmpty();
    assertThat(accept(1)).as("%s", err).isEqualTo(ExitCode.OK);
    assertThat(run("verify")).as("%s%s", out, err).isEqualTo(ExitCode.OK);
  }

  /** As a release left it that did not know of losses. */
  @Test
  void aStoreOfAnOlderSchemaHasToBeMigratedFirst() throws Exception {
    for (var table : List.of("shard_bookmark", "shard_missing", "shard_loss")) {
      execute("DROP TABLE " + schema + "." + table);
    }
    execute("DELETE FROM " + schema + ".anabranch_schema WHERE CAST(version AS UNSIGNED) > 4");

    assertThat(run("region", "losses")).as("%s", err).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).containsPattern(shard() + " +1 +2 +the events topic");
    assertThat(accept(1)).isEqualTo(ExitCode.USAGE);

    assertThat(err.toString()).contains("run 'anabranch schema migrate'").doesNotContain("\tat ");
    assertThat(out.toString()).doesNotContain("goes on at offset");
    assertThat(records()).as("nobody was told").isEqualTo(3);
  }

  @Test
  void projectionsThatCantBeToldAreSaidAndTheLossIsAccepted() throws Exception {
    assertThat(
            accept(
                1,
                "-D",
                "query.url=jdbc:mysql://127.0.0.1:1/queries",
                "-D",
                "query.user=nobody",
                "-D",
                "query.password=unused"))
        .as("%s", err)
        .isEqualTo(ExitCode.OK);

    assertThat(err.toString()).contains("The projections are not told: ");
    assertThat(accepted()).hasSize(1);
  }

  @Test
  void withoutTheTopicNothingIsAccepted() throws Exception {
    assertThat(accept(1, "-D", "kafka.bootstrap-servers=127.0.0.1:1"))
        .isEqualTo(ExitCode.UNREACHABLE);

    assertThat(accepted()).isEmpty();
  }

  // -- Inside.

  private int accept(long from, String... more) throws IOException {
    var line =
        new ArrayList<>(
            List.of(
                "region",
                "accept-loss",
                "--shard",
                shard() + "",
                "--from",
                from + "",
                "--author",
                "kim",
                "--reason",
                "disk gone"));
    line.addAll(List.of(more));
    return run(line.toArray(new String[0]));
  }

  private int run(String... args) throws IOException {
    var config = Files.writeString(temporary.resolve("region.yaml"), config());
    var line = new ArrayList<>(List.of(args));
    line.add("--config");
    line.add(config.toString());
    return Anabranch.run(new PrintWriter(out), new PrintWriter(err), line.toArray(new String[0]));
  }

  private String config() {
    return """
    region.name: eu
    region.shard-count: %d
    region.events-partitions: 2
    events.topic: %s
    kafka.bootstrap-servers: "%s"
    store.databases: north
    store.database.north.url: "%s"
    store.database.north.user: "%s"
    store.database.north.password: "%s"
    """
        .formatted(
            TestLog.SHARDS,
            topic,
            kafka.bootstrapServers(),
            database.jdbcUrl(schema),
            user,
            database.password());
  }

  private CommandJobOptions options() throws IOException {
    var config = Files.writeString(temporary.resolve("own.yaml"), config());
    return CommandJobOptions.fromArgs("--config", config.toString());
  }

  private EventStore store() throws IOException {
    return new MySqlEventStoreFactory(options().store().config()).open();
  }

  private LogSession open(EventStore store) {
    return store.open(store.layout().databaseOf(shard()));
  }

  private int shard() {
    return rows.get(0).shard();
  }

  private List<AcceptedLoss> accepted() throws IOException {
    try (var store = store();
        var session = open(store)) {
      return session.acceptedLosses();
    }
  }

  private void append(LogRow row) throws IOException {
    try (var store = store();
        var session = open(store)) {
      var unused = session.append(List.of(row));
    }
  }

  /** The row as another writer would have decided it. */
  private static LogRow other(LogRow row) {
    var was = row.outcome();
    return new LogRow(
        row.position(),
        new Outcome(
            was.kind(),
            was.aggregate(),
            was.version(),
            was.commandId(),
            was.slot(),
            was.dot(),
            new Stamp(2, was.stamp().hlc() + 1, was.stamp().occurredAtMicros()),
            was.blobs()));
  }

  private void publish(List<LogRow> published) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
    try (var store = store();
        var producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (var row : published) {
        var partition = store.layout().partitionOf(row.shard());
        var unused =
            producer
                .send(KafkaRecords.toProducer(topic, partition, EventWire.encode(row, "eu")))
                .get();
      }
    }
  }

  private long records() throws IOException {
    try (var store = new MySqlEventStoreFactory(options().store().config()).openForReading();
        var session =
            new KafkaPublishedLog(KafkaConnection.to(kafka.bootstrapServers()), topic, "eu")
                .open()) {
      var partition = store.layout().partitionOf(shard());
      return session.ends(List.of(partition)).get(partition).position();
    }
  }

  private static void execute(String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(
                database.jdbcUrl("mysql"), database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
