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
  private Upgrade upgrade;

  @BeforeEach
  void theOldReleaseRuns() throws IOException {
    flink = new FakeFlink();
    folder = new ClusterFolder(files.resolve("cluster"));
    folder.settings(
        new ClusterSettings(List.of(), "", 8, 2, 1, false, "default", 0, 0, 0, 0, 0, flink.port()));
    var cluster = new LocalCluster(folder, said::add);
    control = new JobControl(folder, cluster, said::add, flink);
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

    assertThat(new JobFiles(folder).latest()).isEmpty();
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

  private Upgrade.Result to(String name) throws IOException {
    return upgrade.to(jar(name), List.of(), PATIENCE, Duration.ZERO);
  }

  private Path jar(String name) throws IOException {
    return Files.writeString(files.resolve(name), name);
  }
}
