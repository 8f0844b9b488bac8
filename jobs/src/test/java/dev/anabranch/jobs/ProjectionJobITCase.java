package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.NotProjectedException;
import dev.anabranch.client.QueryClient;
import dev.anabranch.client.ReplyLevel;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.CrashingQueries;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.PurseReadModel;
import dev.anabranch.jobs.region.ReadSide;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.VersionId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The projection job beside the command job, on real Kafka and databases: whatever fails, the
 * tables hold what each event of the log makes, once.
 */
class ProjectionJobITCase {

  private static final VersionId V1 = new VersionId("purses", 1);
  private static final VersionId V2 = new VersionId("purses", 2);

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();
  private final ReadSide reads = new ReadSide(region, PurseReadModel.PROJECTION);

  @AfterEach
  void endPoison() {
    System.clearProperty("anabranch.test.poison");
  }

  @Test
  void tablesFollowTheCommands() throws SQLException {
    region.start();
    region.handle("Purse/early", "deposit 100");
    var job = reads.start();
    region.handle("Purse/a", "deposit 5");
    region.handle("Purse/a", "twice 7");
    region.handle("Purse/a", "withdraw 1000");
    reads.awaitEnd(V1);

    expectMetricsOfTheReference(job);

    var purses = reads.rows(PurseReadModel.PURSES, "purses");
    assertThat(purses.get(PurseReadModel.PURSES.row("a").id()))
        .containsEntry("balance", 19L)
        .containsEntry("version", 2L);
    assertThat(reads.rows(PurseReadModel.TOTALS, "totals").values())
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("balance", 119L));
    reads.assertExact(V1);
  }

  @Test
  void aTopicOfEventsThatIsMadeAnewLosesNoRow() throws Exception {
    region.start();
    var job = reads.start();
    try (var once = region.once(20, 7)) {
      once.send(60).awaitOutcomes();
      reads.awaitEnd(V1);

      remakeEvents();
      once.send(200).awaitOutcomes();
      reads.awaitEnd(V1);

      var checkpoint = job.checkpoint();
      job.kill();
      remakeEvents();
      once.send(30).awaitOutcomes();
      reads.start(checkpoint);
      reads.awaitEnd(V1);
    }
    reads.assertExact(V1);
  }

  private void remakeEvents() throws Exception {
    var topic = "events." + region.name();
    Map<String, Object> kafka = Map.of("bootstrap.servers", region.kafka().bootstrapServers());
    try (var admin = Admin.create(kafka)) {
      admin.deleteTopics(List.of(topic)).all().get();
      Await.until("no " + topic, () -> !admin.listTopics().names().get().contains(topic));
      admin.createTopics(List.of(new NewTopic(topic, 4, (short) 1))).all().get();
    }
  }

  private static void expectMetricsOfTheReference(JobUnderTest job) {
    var page = Reference.read("projection-metrics.md");
    var group = "anabranch.projection.purses.version.1.";
    var names =
        job.metrics().keySet().stream()
            .filter(name -> name.startsWith("anabranch.projection"))
            .toList();

    assertThat(names).contains(group + "lagCommits", group + "lagSeconds");
    assertThat(names).allMatch(name -> page.contains("| `" + name.replace(group, "") + "` |"));
    assertThat(page.lines().filter(line -> line.startsWith("| `"))).hasSize(names.size());
  }

  @ParameterizedTest
  @EnumSource(CrashingQueries.Point.class)
  void aTaskThatDiesAroundABatchAppliesNothingTwice(CrashingQueries.Point point)
      throws SQLException {
    region.parallelism(2).start();
    reads.start();
    try (var load = region.load(30, 1)) {
      for (var crash = 1; crash <= 3; crash++) {
        load.awaitReplies(200);
        reads.crashAt(point, 3);
        var expected = crash;
        Await.until("crash " + crash, () -> reads.crashes() == expected);
      }
      load.awaitReplies(200);
      load.stop();
    }
    reads.awaitEnd(V1);

    reads.assertExact(V1);
  }

  @Test
  void connectionsCutWhileTablesAreWrittenApplyNothingTwice() throws SQLException {
    region.start();
    reads.start();
    try (var load = region.load(30, 2)) {
      for (var request :
          List.of(
              "insert into `purses",
              "insert into `totals",
              "update projection_position",
              "commit")) {
        var before = reads.proxy().droppedResponses();
        load.awaitReplies(100);
        reads.proxy().dropResponseTo(request);
        Await.until("a cut at " + request, () -> reads.proxy().droppedResponses() > before);
        reads.proxy().heal();
      }
      load.awaitReplies(100);
      load.stop();
    }
    reads.awaitEnd(V1);

    reads.assertExact(V1);
  }

  @Test
  void aServerThatIsKilledIsWaitedFor() throws SQLException {
    region.start();
    reads.start();
    try (var load = region.load(30, 3)) {
      load.awaitReplies(200);
      reads.server().kill();
      reads.server().restart();
      load.awaitReplies(200);
      load.stop();
    }
    reads.awaitEnd(V1);

    reads.assertExact(V1);
  }

  @Test
  void taskManagersKilledAndRescalingRepeatNothing() throws Exception {
    region.parallelism(2).start();
    var job = reads.start();
    try (var load = region.load(30, 4)) {
      load.awaitReplies(200);
      region.killTaskManagers();
      load.awaitReplies(200);
      var savepoint = job.stopWithSavepoint();
      var golden = "/projection-uids-and-states.txt";
      assertThat(UidsAndStates.of(savepoint, golden)).isEqualTo(UidsAndStates.golden(golden));
      reads.option("flink.parallelism.default", "1");
      var smaller = reads.start(savepoint);
      load.awaitReplies(200);
      smaller.kill();
      // Without any checkpoint: positions are in the database.
      reads.option("flink.parallelism.default", "3").start();
      load.awaitReplies(200);
      load.stop();
    }
    reads.awaitEnd(V1);

    reads.assertExact(V1);
  }

  @Test
  void twoJobsByMistakeApplyNothingTwice() throws SQLException {
    region.start();
    reads.start();
    var second = reads.start();
    try (var load = region.load(30, 5)) {
      load.awaitReplies(500);
      load.stop();
    }
    second.kill();
    reads.awaitEnd(V1);

    reads.assertExact(V1);
  }

  @Test
  void aRebuildUnderLoadEndsAsTheLiveTablesAndIsSwitchedTo() throws SQLException {
    region.parallelism(2).start();
    reads.start();
    try (var load = region.load(30, 6)) {
      load.awaitReplies(500);
      var begun = reads.tables().begin(PurseReadModel.PROJECTION);
      assertThat(begun).isEqualTo(V2);
      load.awaitReplies(300);
      // The rebuild, too, goes on where it was.
      reads.crashAt(CrashingQueries.Point.AFTER_APPLY, 2);
      load.awaitReplies(300);
      reads.awaitEnd(V2);
      reads.tables().switchTo(V2);
      load.awaitReplies(200);
      load.stop();
    }
    reads.awaitEnd(V1);
    reads.awaitEnd(V2);

    reads.assertExact(V1);
    reads.assertExact(V2);
    for (var table : PurseReadModel.PROJECTION.tables()) {
      assertThat(reads.rows(table, table.name())).isEqualTo(reads.rows(table, table + "_v1"));
    }
    assertThat(reads.status(V2).live()).isTrue();
    assertThat(reads.status(V1).live()).isFalse();

    reads.tables().drop(V1);
    region.handle("Purse/z", "deposit 1");
    reads.awaitEnd(V2);
    reads.assertExact(V2);
    assertThat(reads.tables().list()).hasSize(1);
  }

  @Test
  void newCodeFillsItsVersionBesideTheOldCode() throws SQLException {
    region.start();
    reads.start();
    region.handle("Purse/a", "deposit 5");
    var newer = new ReadSide(region, PurseReadModel.projection(2));

    assertThatThrownBy(() -> newer.graph(null))
        .hasMessageContaining("revision 2 here")
        .hasMessageContaining("projections rebuild purses");
    newer.tables().begin(PurseReadModel.projection(2));
    newer.start();
    region.handle("Purse/b", "deposit 6");
    reads.awaitEnd(V1);
    newer.awaitEnd(V2);

    reads.assertExact(V1);
    newer.assertExact(V2);
  }

  @Test
  void aPoisonEventIsParkedAndAppliedWhenTheCodeIsMended() throws SQLException {
    System.setProperty("anabranch.test.poison", "true");
    region.start();
    reads.start();
    region.handle("Purse/bad", "deposit " + PurseReadModel.POISON_AMOUNT);
    region.handle("Purse/bad", "deposit 1");
    region.handle("Purse/good", "deposit 2");
    reads.awaitEnd(V1);

    var bad = new AggregateKey("Purse", "bad");
    var failed = reads.parked().failed("purses", 10);
    assertThat(failed)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.row().aggregate()).isEqualTo(bad);
              assertThat(letter.row().reason()).contains("told to throw");
              assertThat(letter.waiting()).isEqualTo(1);
            });
    System.clearProperty("anabranch.test.poison");
    reads.assertExact(V1, row -> !row.outcome().aggregate().equals(bad));

    assertThat(reads.parked().request(V1, bad, ParkedRequest.Action.RETRY)).isTrue();
    Await.until("nothing parked", () -> reads.status(V1).parked() == 0);
    reads.assertExact(V1);
  }

  @Test
  void whoeverWritesReadsTheirWrite() throws SQLException {
    System.setProperty("anabranch.test.poison", "true");
    region.start();
    reads.start();
    try (var queries = QueryClient.of(reads.dataSource())) {
      var projected = ReplyLevel.projected(queries, "purses", Duration.ofSeconds(60));
      for (var i = 1; i <= 20; i++) {
        region.client().send(purseCommand("Purse/a", "deposit 5"), projected).join();
        assertThat(
                reads
                    .rows(PurseReadModel.PURSES, "purses")
                    .get(PurseReadModel.PURSES.row("a").id()))
            .containsEntry("balance", 5L * i);
      }
      var rejected = region.client().send(purseCommand("Purse/a", "withdraw 1000"), projected);
      assertThat(rejected.join().status()).isEqualTo(ReplyStatus.REJECTED);

      var token = region.handle("Purse/a", "deposit 1").backing();
      assertThatThrownBy(() -> queries.awaitProjected(token, "nope", Duration.ofSeconds(60)))
          .hasMessageContaining("no version of projection 'nope'");
      assertThatThrownBy(
              () ->
                  region
                      .client()
                      .send(
                          purseCommand("Purse/bad", "deposit " + PurseReadModel.POISON_AMOUNT),
                          projected)
                      .join())
          .hasMessageContaining("dead letters")
          .hasMessageContaining("told to throw");

      var beyond =
          new CommandReply.Backing(
              region.name(),
              new LogPosition(token.position().shard(), token.position().offset() + 3),
              "");
      queries.awaitProjected(token, "purses", Duration.ofSeconds(60));
      assertThatThrownBy(() -> queries.awaitProjected(beyond, "purses", Duration.ofMillis(50)))
          .isInstanceOf(NotProjectedException.class)
          .hasMessageContaining("3 commits behind")
          .hasMessageContaining(" s old");
    }
  }

  @Test
  void badConfigurationIsRefusedWithTheRemedy() throws SQLException {
    region.start();
    region.handle("Purse/a", "deposit 5");
    assertThatThrownBy(() -> reads.option("projections.names", "nope").graph(null))
        .hasMessageContaining("no projection 'nope'")
        .hasMessageContaining("there are purses");
    reads.option("projections.names", "purses");
    assertThatThrownBy(() -> reads.option("query.migrate", "false").graph(null))
        .hasMessageContaining("holds no projections yet")
        .hasMessageContaining("query.migrate = true");
    reads.option("query.migrate", "true").graph(null);

    reads.execute("ALTER TABLE purses_v1 DROP COLUMN last_command");
    assertThatThrownBy(() -> reads.graph(null))
        .hasMessageContaining("table purses_v1 has no column last_command")
        .hasMessageContaining("projections rebuild purses");
    reads.execute(
        "ALTER TABLE purses_v1 ADD COLUMN last_command VARCHAR(64)",
        "ALTER TABLE changes_v1 DROP PRIMARY KEY, ADD PRIMARY KEY (purse, version)");
    assertThatThrownBy(() -> reads.graph(null))
        .hasMessageContaining("the primary key of table changes_v1 is [purse, version]");
    reads.execute("DROP TABLE changes_v1");
    assertThatThrownBy(() -> reads.graph(null)).hasMessageContaining("has no table changes_v1");
    assertThatThrownBy(() -> reads.option("query.password", "wrong").graph(null))
        .hasMessageContaining("check user and password");
  }
}
