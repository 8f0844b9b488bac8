package dev.anabranch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.playground.load.CheckedLoad;
import dev.anabranch.playground.load.LoadReport;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The life of an application on one cluster, in one story and under one load that checks every
 * answer: a killed TaskManager, a release that is refused, one that does not start, one that does,
 * more and fewer machines, a killed JobManager.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReleasesE2E {

  private static final ClusterUnderTest CLUSTER = new ClusterUnderTest("releases");
  private static final String OLD = "Member/old";
  private static final Pattern NOTICED =
      Pattern.compile("NOT healthy: ([0-9.]+) s after its submission");

  private static CheckedLoad load;
  private static long acceptedBefore;

  @BeforeAll
  static void startsWithReleaseOneUnderLoad() {
    CLUSTER.up("--taskmanagers", "1", "--slots", "2", "--shards", "16");
    CLUSTER.run("cluster", "submit", ClusterUnderTest.releaseJar(1).toString());
    load = CLUSTER.load(1, 100);
    load.start();
    ClusterUnderTest.awaitAnswers(load, 500);
  }

  @AfterAll
  static void leavesNothing() throws Exception {
    if (load != null) {
      load.close();
    }
    CLUSTER.close();
  }

  @Test
  @Order(1)
  void everyEventOfReleaseOneIsInTheLog() {
    CLUSTER.run("send", OLD, "JoinProgram", "{\"name\":\"Ann\"}", "--id", "1");
    CLUSTER.run("send", OLD, "RecordPurchase", "{\"cents\":10000000}", "--id", "2");
    CLUSTER.run("send", OLD, "GrantBonus", "{\"points\":7}", "--id", "3");
    CLUSTER.run("send", OLD, "SpendPoints", "{\"points\":2}", "--id", "4");
  }

  @Test
  @Order(2)
  void startingTwiceChangesNothing() {
    var before = CLUSTER.jobId();

    CLUSTER.up();

    assertThat(CLUSTER.jobId()).isEqualTo(before);
    assertThat(
            CLUSTER.attempt("cluster", "submit", ClusterUnderTest.releaseJar(1).toString()).text())
        .contains("runs already");
  }

  @Test
  @Order(3)
  void aKilledTaskManagerIsReplacedAndLosesNothing() {
    var failures = CLUSTER.failures();
    var killed = System.nanoTime();
    CLUSTER.run("cluster", "kill", "taskmanager-1");
    CLUSTER.up();

    ClusterUnderTest.await("Flink has noticed", () -> CLUSTER.failures() > failures);
    CLUSTER.awaitAllTasksRun();
    ClusterUnderTest.measured("from the kill of the TaskManager until all tasks ran", killed);
    ClusterUnderTest.awaitAnswers(load, 500);
  }

  @Test
  @Order(4)
  void anIncompatibleReleaseIsRefusedBeforeAnythingStops() throws Exception {
    var before = CLUSTER.jobId();
    var jar =
        JarVariant.of(
            "unreadable",
            "MembersDomain.java",
            Map.of(
                "purchaseEarnedPoints(),\n              spentBecameRedeemed())",
                "purchaseEarnedPoints())"));

    var run = CLUSTER.attempt("cluster", "upgrade", jar.toString());

    assertThat(run.exitCode()).isOne();
    assertThat(run.text())
        .contains("Member/load-", "can't be folded", "'PointsSpent' is unknown", "NOT upgraded");
    assertThat(CLUSTER.jobId()).isEqualTo(before);
    ClusterUnderTest.awaitAnswers(load, 50);
  }

  @Test
  @Order(5)
  void aChangedStateIsRefusedToo() throws Exception {
    var jar =
        JarVariant.of(
            "changed",
            "MembersDomain.java",
            Map.of("Member.Tier.of(member.path(\"earned\").longValue()).name()", "\"BASIC\""));

    var run = CLUSTER.attempt("cluster", "upgrade", jar.toString());

    assertThat(run.exitCode()).isOne();
    assertThat(run.text())
        .containsPattern(
            "Member/\\S+: the state that the old release left becomes .*BASIC.*, the history folds"
                + " to .*GOLD");
  }

  @Test
  @Order(6)
  void aReleaseThatDoesNotStartGivesWayToTheOldOne() throws Exception {
    var jar =
        JarVariant.of(
            "unhealthy",
            "MembersDomain.java",
            Map.of(
                "    return List.of(MEMBER);",
                """
                    if (!Thread.currentThread().getName().equals("main")) {
                      throw new IllegalStateException("no license on this machine");
                    }
                    return List.of(MEMBER);\
                """));
    // It also migrates the databases, and the old release has to go on with what it leaves.
    JarVariant.add(
        jar,
        "db/anabranch/V99__more.sql",
        """
        CREATE TABLE IF NOT EXISTS more (id INT PRIMARY KEY);
        REPLACE INTO schema_reader (version, least_reader) VALUES (99, 4);
        """);

    var run = CLUSTER.attempt("cluster", "upgrade", jar.toString(), "--patience", "180");

    assertThat(run.exitCode()).isOne();
    assertThat(run.text())
        .contains("The release can take over", "no license on this machine")
        .contains("the old release is healthy again");
    assertThat(secondsUntilNoticed(run.text())).as("seconds until noticed").isLessThan(60);
    ClusterUnderTest.awaitAnswers(load, 500);
  }

  @Test
  @Order(7)
  void theNextReleaseTakesOverUnderLoad() {
    var text = CLUSTER.run("cluster", "upgrade", ClusterUnderTest.releaseJar(2).toString());

    assertThat(text).contains("healthy; no task ran for");
    ClusterUnderTest.awaitAnswers(load, 500);
  }

  @Test
  @Order(8)
  void theNextReleaseReadsWhatTheFirstStored() {
    // Renamed, split and retired events, and the new field of the state.
    CLUSTER.run("send", OLD, "SpendPoints", "{\"points\":100005}", "--id", "5");
    assertThat(CLUSTER.attempt("send", OLD, "SpendPoints", "{\"points\":1}", "--id", "6").text())
        .contains("insufficient-points");
    assertThat(CLUSTER.attempt("send", OLD, "GrantBonus", "{\"points\":1}", "--id", "7").text())
        .contains("GrantBonus");
    assertThat(
            CLUSTER.run(
                "state", OLD, "--domain-jar", ClusterUnderTest.releaseJar(2).toString(), "--json"))
        .contains("\"tier\":\"GOLD\"", "\"version\":5");
    // A repeat of what release 1 answered.
    assertThat(CLUSTER.run("send", OLD, "GrantBonus", "{\"points\":7}", "--id", "3", "--json"))
        .contains("100007");
  }

  @Test
  @Order(9)
  void aReleaseThatAnswersCommandsWithErrorsGivesWayToTheOldOne() throws Exception {
    // Whatever kind of error application code throws: it is the command's, and no task fails. So a
    // load that takes an error for wrong has to end before.
    acceptedBefore = assertSound(load.stop());
    load.close();
    load = CLUSTER.load(2, 100);
    load.start();
    ClusterUnderTest.awaitAnswers(load, 100);
    var jar =
        JarVariant.of(
            "failing",
            "MemberDecider.java",
            Map.of(
                "MemberDecider implements Decider<Member, MemberCommand, MemberEvent> {",
                """
                MemberDecider implements Decider<Member, MemberCommand, MemberEvent> {
                  private static volatile long first = 0;
                """,
                "Member member, MemberCommand command, DecisionContext context) {",
                """
                Member member, MemberCommand command, DecisionContext context) {
                  first = first == 0 ? System.nanoTime() : first;
                  if (System.nanoTime() - first > 2_000_000_000L) {
                    throw new java.util.ServiceConfigurationError("the rule book is missing");
                  }
                """));

    var run = CLUSTER.attempt("cluster", "upgrade", jar.toString(), "--patience", "180");

    assertThat(run.exitCode()).isOne();
    assertThat(run.text())
        .contains("The release can take over", "commands with an error, the release before")
        .contains("the old release is healthy again");
    assertThat(secondsUntilNoticed(run.text())).as("seconds until noticed").isLessThan(60);
    ClusterUnderTest.awaitAnswers(load, 500);
    assertThat(load.stop().wrong())
        .isNotEmpty()
        .allSatisfy(answer -> assertThat(answer).contains("ERROR"));
    load.close();
    load = CLUSTER.load(3, 100);
    load.start();
    ClusterUnderTest.awaitAnswers(load, 500);
  }

  @Test
  @Order(10)
  void moreAndFewerMachinesUnderLoad() {
    CLUSTER.run("cluster", "rescale", "--taskmanagers", "2");
    assertThat(CLUSTER.status()).contains("parallelism 4");
    ClusterUnderTest.awaitAnswers(load, 500);
    CLUSTER.rememberProcesses();

    CLUSTER.run("cluster", "rescale", "--taskmanagers", "1");
    assertThat(CLUSTER.status()).contains("parallelism 2");
    ClusterUnderTest.awaitAnswers(load, 500);
  }

  @Test
  @Order(11)
  void aKilledJobManagerFindsTheLatestCheckpoint() {
    var killed = System.nanoTime();
    CLUSTER.run("cluster", "kill", "jobmanager");
    CLUSTER.up();

    CLUSTER.awaitAllTasksRun();
    ClusterUnderTest.measured("from the kill of the JobManager until all tasks ran", killed);
    ClusterUnderTest.awaitAnswers(load, 500);
  }

  @Test
  @Order(12)
  void noAnswerWasLostAndNoneWasWrong() throws Exception {
    assertThat(acceptedBefore + assertSound(load.stop())).isGreaterThan(3_000);
    assertThat(CLUSTER.run("verify")).contains("sound");
  }

  @Test
  @Order(13)
  void theStoreAloneIsEnough() {
    CLUSTER.run("cluster", "cancel");
    CLUSTER.run("cluster", "submit", ClusterUnderTest.releaseJar(2).toString(), "--from", "none");

    assertThat(CLUSTER.attempt("send", OLD, "SpendPoints", "{\"points\":1}", "--id", "8").text())
        .contains("insufficient-points");
    CLUSTER.run("verify");
  }

  /** Gives the number of accepted commands. */
  private static long assertSound(LoadReport report) {
    System.out.println(report);
    assertThat(report.wrong()).isEmpty();
    assertThat(report.isSound()).isTrue();
    return report.accepted();
  }

  private static double secondsUntilNoticed(String text) {
    var found = NOTICED.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return Double.parseDouble(found.group(1));
  }
}
