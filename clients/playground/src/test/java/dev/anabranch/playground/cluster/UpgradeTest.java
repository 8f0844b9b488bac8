package dev.anabranch.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.playground.cluster.FakeFlink.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs after each way in which the new release can fail to take over. */
class UpgradeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path files;

  private final List<String> said = new ArrayList<>();
  private FakeFlink flink;
  private ClusterFolder folder;
  private JobControl control;
  private JobControl projections;
  private Upgrade upgrade;

  @BeforeEach
  void theOldReleaseRuns() throws IOException {
    flink = new FakeFlink();
    folder = new ClusterFolder(files.resolve("cluster"));
    folder.settings(
        new ClusterSettings(
            List.of(), "", 8, 2, 1, false, "default", 0, 0, 0, 0, 0, flink.port(), "local"));
    var cluster = new LocalCluster(folder, said::add);
    control = new JobControl(folder, cluster, JobKind.COMMANDS, said::add, flink);
    projections = new JobControl(folder, cluster, JobKind.PROJECTIONS, said::add, flink);
    upgrade = new Upgrade(folder, cluster, control, said::add);
    control.submit(jar("old.jar"), List.of(), 2, "none", PATIENCE);
  }

  @AfterEach
  void end() {
    flink.close();
  }

  @Test
  void aHealthyReleaseTakesOverFromTheSavepoint() throws IOException {
    assertThat(to("new.jar").healthy()).isTrue();
    assertThat(flink.running()).containsExactly("new.jar from file:/savepoints/savepoint-1");
  }

  @Test
  void aReleaseThatFailsIsEndedBeforeTheOldOneStarts() throws IOException {
    flink.submissionsOf("new.jar", Submission.FAILING);

    assertThat(to("new.jar").healthy()).isFalse();
    assertThat(flink.cancelled()).containsExactly("new.jar");
    assertThat(flink.running()).containsExactly("old.jar from file:/savepoints/savepoint-1");
  }

  @Test
  void aReleaseThatIsRefusedLeavesTheOldOneAlone() throws IOException {
    flink.submissionsOf("new.jar", Submission.REFUSED);

    assertThat(to("new.jar").healthy()).isFalse();
    assertThat(said).anyMatch(line -> line.contains("the option commands.topic is missing"));
    assertThat(flink.running()).containsExactly("old.jar from file:/savepoints/savepoint-1");
  }

  @Test
  void aReleaseThatRunsThoughItsClientDiedIsNotLeftBesideTheOldOne() throws IOException {
    flink.submissionsOf("new.jar", Submission.RUNS_UNTOLD);

    assertThat(to("new.jar").healthy()).isTrue();
    assertThat(flink.running()).containsExactly("new.jar from file:/savepoints/savepoint-1");
    assertThat(said).anyMatch(line -> line.contains("Flink runs the job, though its client said"));
  }

  @Test
  void aReleaseThatAnswersWithErrorsIsNotHealthy() throws IOException {
    flink.submissionsOf("new.jar", Submission.ANSWERS_ERRORS);

    assertThat(to("new.jar").healthy()).isFalse();
    assertThat(said)
        .anyMatch(
            line ->
                line.contains(
                    "it answered 100 of 100 commands with an error, the release before 1 of 100"));
    assertThat(flink.running()).containsExactly("old.jar from file:/savepoints/savepoint-1");
  }

  @Test
  void checkpointsOfAReleaseThatWasGivenUpAreNoPlaceToStartFrom() throws IOException {
    flink.submissionsOf("new.jar", Submission.FAILING);
    var failed = String.format("%032x", 2);
    var checkpoint = folder.directory("checkpoints").resolve(failed).resolve("chk-7");
    Files.createDirectories(checkpoint);
    Files.writeString(checkpoint.resolve("_metadata"), "x");

    to("new.jar");

    assertThat(control.files().latest()).isEmpty();
    assertThat(folder.directory("checkpoints-given-up").resolve(failed).resolve("chk-7"))
        .isDirectory();
  }

  @Test
  void aJobManagerThatDoesNotAnswerIsNotTakenForOneWithoutJobs() {
    flink.isSilent(true);
    var rest = new FlinkRest(folder.settings().webAddress());

    assertThat(rest.known(control.current().id())).isEqualTo(FlinkRest.Known.NO_ANSWER);
    flink.isSilent(false);
    assertThat(rest.known(control.current().id())).isEqualTo(FlinkRest.Known.RUNS);
    assertThat(rest.known("another")).isEqualTo(FlinkRest.Known.OVER);
  }

  @Test
  void aSecondSubmissionIsRefusedWhileTheFirstJobRuns() throws IOException {
    var second = jar("second.jar");

    assertThatThrownBy(() -> control.submit(second, List.of(), 2, "none", PATIENCE))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("runs already");
    assertThat(flink.running()).containsExactly("old.jar from nothing");
  }

  @Test
  void aReleaseThatFoldsAgainStartsFromTheStoreAlone() throws IOException {
    var release = jar("new.jar");

    assertThat(upgrade.to(release, List.of(), true, PATIENCE, Duration.ZERO).healthy()).isTrue();
    assertThat(flink.running()).containsExactly("new.jar from nothing");
  }

  @Test
  void theWayBackIsTheOldJarAndTheSavepointThatItWasStoppedWith() throws IOException {
    to("new.jar");

    assertThat(Upgrade.previousJars(folder)).singleElement().asString().endsWith("old.jar");
    assertThat(upgrade.back(false, PATIENCE, Duration.ZERO).healthy()).isTrue();
    assertThat(flink.running()).containsExactly("old.jar from file:/savepoints/savepoint-1");
    assertThat(Upgrade.isPossibleBack(folder, JobKind.COMMANDS)).isFalse();
  }

  @Test
  void aWayBackThatParksAggregatesIsNotGivenUpForTheirErrors() throws IOException {
    to("new.jar");
    flink.submissionsOf("old.jar", Submission.ANSWERS_ERRORS);

    assertThat(upgrade.back(true, PATIENCE, Duration.ZERO).healthy()).isTrue();
    assertThat(flink.running()).containsExactly("old.jar from file:/savepoints/savepoint-1");
  }

  @Test
  void aWayBackThatFailsLeavesTheNewReleaseRunning() throws IOException {
    to("new.jar");
    flink.submissionsOf("old.jar", Submission.FAILING);

    assertThat(upgrade.back(false, PATIENCE, Duration.ZERO).healthy()).isFalse();
    assertThat(flink.running()).containsExactly("new.jar from file:/savepoints/savepoint-2");
  }

  @Test
  void aJobOfAnotherKindRunsBesideTheCommandJob() throws IOException {
    projections.submit(jar("old.jar"), List.of(), 1, "latest", PATIENCE);

    assertThat(flink.running())
        .containsExactly("old.jar from nothing", "ProjectionJob of old.jar from nothing");
    assertThat(projections.stop()).isEqualTo("file:/savepoints/savepoint-1");
    assertThat(flink.running()).containsExactly("old.jar from nothing");
  }

  @Test
  void noJobStartsFromWhatAnotherKindHasLeft() throws IOException {
    var checkpoint = Files.createDirectories(folder.directory("checkpoints").resolve("7/chk-1"));
    Files.writeString(checkpoint.resolve("_metadata"), "x");

    assertThat(control.files().latest()).contains(checkpoint);
    assertThat(projections.files().latest()).isEmpty();
  }

  @Test
  void aJobWithMoreTasksThanThereIsRoomForIsRefusedInWordsThatWereTyped() throws IOException {
    var release = jar("old.jar");
    control.stop();

    assertThatThrownBy(() -> control.submit(release, List.of(), 9, "none", PATIENCE))
        .hasMessageContaining("-p 9 is more than the region's 8 shards")
        .hasMessageContaining("give -p 8 at most");
    assertThatThrownBy(() -> control.submit(release, List.of(), 7, "none", PATIENCE))
        .hasMessageContaining("with -p 7 needs 7 slots, and 6 of the cluster's are free")
        .hasMessageContaining("cluster up --taskmanagers 2");
  }

  @Test
  void theCommandJobTakesTheSlotsThatOthersLeaveAndNoMoreThanItHasShards() throws IOException {
    assertThat(control.parallelism(4)).isEqualTo(4);
    assertThat(control.parallelism(64)).isEqualTo(8);

    projections.submit(jar("old.jar"), List.of(), 1, "none", PATIENCE);

    assertThat(control.parallelism(4)).isEqualTo(3);
    assertThat(projections.parallelism(4)).isEqualTo(1);
  }

  private Upgrade.Result to(String name) throws IOException {
    return upgrade.to(jar(name), List.of(), false, PATIENCE, Duration.ZERO);
  }

  private Path jar(String name) throws IOException {
    return Files.writeString(files.resolve(name), name);
  }
}
