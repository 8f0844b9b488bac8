package dev.anabranch.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is ended only if it is the one that the cluster started. */
class ClusterProcessTest {

  @TempDir private Path directory;

  private Processes processes;
  private ClusterProcess process;

  @BeforeEach
  void startsOne() {
    var folder = new ClusterFolder(directory.resolve("cluster"));
    processes = new Processes(folder);
    // The folder is an argument that the script ignores.
    process =
        processes.start(
            "one",
            directory,
            List.of(
                "sh", "-c", "trap '' TERM; while :; do sleep 1; done", folder.path().toString()),
            Map.of());
    assertThat(Waiting.until(Duration.ofSeconds(10), process::isRunning)).isTrue();
  }

  @AfterEach
  void endsIt() {
    process.kill();
  }

  @Test
  void isFoundAgainByAnotherCommand() {
    assertThat(processes.find("one")).contains(process);
    assertThat(processes.isRunning("one")).isTrue();
    assertThat(processes.isRunning("two")).isFalse();
  }

  @Test
  void anIdThatWasUsedAgainIsAStranger() {
    var earlier =
        new ClusterProcess(
            "one", process.pid(), process.startedMillis() - 60_000, process.folder());

    assertThat(earlier.isRunning()).isFalse();
    earlier.kill();
    assertThat(process.isRunning()).isTrue();
  }

  @Test
  void aProcessOfAnotherClusterIsAStranger() {
    var other =
        new ClusterProcess("one", process.pid(), process.startedMillis(), "/another/cluster");

    other.stop(Duration.ofMillis(1));

    assertThat(process.isRunning()).isTrue();
  }

  @Test
  void oneThatDoesNotListenIsKilled() {
    process.stop(Duration.ofMillis(100));

    assertThat(process.isRunning()).isFalse();
  }

  @Test
  void oneThatNeverGetsReadyIsEndedWithTheEndOfItsLog() {
    assertThatThrownBy(() -> processes.awaitReady(process, () -> false, Duration.ofMillis(100)))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("one did not get ready");
    assertThat(process.isRunning()).isFalse();
  }

  @Test
  void twoCommandsAtOnceAreRefused() throws Exception {
    var folder = new ClusterFolder(directory.resolve("cluster"));
    try (var unused = folder.lock()) {
      assertThatThrownBy(folder::lock).hasMessageContaining("another command is at work");
    }
    folder.lock().close();
  }

  @Test
  void aFolderThatIsNoClusterIsNotDeleted() throws Exception {
    var precious = Files.writeString(directory.resolve("precious"), "x");

    new ClusterFolder(directory).delete();

    assertThat(precious).exists();
  }
}
