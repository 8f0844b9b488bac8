package dev.anabranch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.playground.load.CheckedLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The other ways to run a Flink cluster, each under a load that checks itself. */
class ClusterModesE2E {

  /** Flink finds the job by itself, and rescales it in place. */
  @Test
  void aHighlyAvailableSessionClusterWithTheAdaptiveScheduler() throws Exception {
    try (var cluster = new ClusterUnderTest("adaptive")) {
      cluster.up("--ha", "--scheduler", "adaptive", "--slots", "1", "--databases", "1");
      cluster.run("cluster", "submit", ClusterUnderTest.releaseJar(2).toString());
      try (var load = cluster.load(2, 100)) {
        load.start();
        ClusterUnderTest.awaitAnswers(load, 200);
        var job = cluster.jobId();

        cluster.run("cluster", "rescale", "--taskmanagers", "2");
        cluster.rememberProcesses();
        assertThat(cluster.status()).contains("parallelism 2");
        ClusterUnderTest.awaitAnswers(load, 200);
        cluster.run("cluster", "rescale", "--taskmanagers", "1");
        assertThat(cluster.status()).contains("parallelism 1");
        ClusterUnderTest.awaitAnswers(load, 200);

        var killed = System.nanoTime();
        cluster.run("cluster", "kill", "jobmanager");
        cluster.up();
        cluster.awaitAllTasksRun();
        ClusterUnderTest.measured("from the kill of the JobManager, with HA", killed);
        assertThat(cluster.jobId()).as("the same job, not a new one").isEqualTo(job);
        ClusterUnderTest.awaitAnswers(load, 200);
        finish(cluster, load);
      }
    }
  }

  /** One JobManager for one job; the parallelism follows the TaskManagers that are there. */
  @Test
  void anApplicationClusterInReactiveMode() throws Exception {
    try (var cluster = new ClusterUnderTest("application")) {
      cluster.up("--application", "--scheduler", "reactive", "--slots", "1", "--databases", "1");
      cluster.run("cluster", "submit", ClusterUnderTest.releaseJar(1).toString());
      try (var load = cluster.load(3, 100)) {
        load.start();
        ClusterUnderTest.awaitAnswers(load, 200);

        cluster.up("--taskmanagers", "2");
        ClusterUnderTest.await(
            "the second TaskManager is used",
            () ->
                cluster
                    .attempt("cluster", "status")
                    .text()
                    .contains("all tasks run, parallelism 2"));
        ClusterUnderTest.awaitAnswers(load, 200);
        cluster.run("cluster", "kill", "taskmanager-2");
        ClusterUnderTest.await(
            "the job goes on with one TaskManager",
            () ->
                cluster
                    .attempt("cluster", "status")
                    .text()
                    .contains("RUNNING, all tasks run, parallelism 1"));
        ClusterUnderTest.awaitAnswers(load, 200);

        aReleaseThatEndsByItselfGivesWayToTheOldOne(cluster, load, endsInItsTasks());
        aReleaseThatEndsByItselfGivesWayToTheOldOne(cluster, load, endsInItsProgram());
        cluster.run("cluster", "upgrade", ClusterUnderTest.releaseJar(2).toString());
        cluster.rememberProcesses();
        ClusterUnderTest.awaitAnswers(load, 200);
        var killed = System.nanoTime();
        cluster.run("cluster", "kill", "jobmanager");
        cluster.up();
        cluster.awaitAllTasksRun();
        ClusterUnderTest.measured("from the kill of the application's JobManager", killed);
        ClusterUnderTest.awaitAnswers(load, 200);
        finish(cluster, load);
      }
    }
  }

  /** Its JobManager ends with it, so the old release needs another one. */
  private static void aReleaseThatEndsByItselfGivesWayToTheOldOne(
      ClusterUnderTest cluster, CheckedLoad load, Path jar) {
    var run = cluster.attempt("cluster", "upgrade", jar.toString(), "--patience", "180");

    assertThat(run.exitCode()).isOne();
    assertThat(run.text())
        .contains("The release can take over", "no license on this machine")
        .contains("the old release is healthy again");
    cluster.rememberProcesses();
    ClusterUnderTest.awaitAnswers(load, 200);
  }

  /** A failure that Flink must not restart the job after. */
  private static Path endsInItsTasks() throws IOException {
    return refusesToRunIn(
        "ends-in-tasks",
        "org.apache.flink.runtime.taskmanager.Task",
        "org.apache.flink.runtime.execution.SuppressRestartsException");
  }

  /** The job's main method fails in the JobManager. */
  private static Path endsInItsProgram() throws IOException {
    return refusesToRunIn(
        "ends-in-program",
        "org.apache.flink.client.program.PackagedProgram",
        "java.lang.IllegalStateException");
  }

  private static Path refusesToRunIn(String name, String caller, String exception)
      throws IOException {
    return JarVariant.of(
        name,
        "MembersDomain.java",
        Map.of(
            "    return List.of(MEMBER);",
            """
                boolean refused =
                    StackWalker.getInstance()
                        .walk(calls -> calls.anyMatch(c -> c.getClassName().equals("%s")));
                if (refused) {
                  Exception failure;
                  try {
                    failure =
                        (Exception)
                            Class.forName("%s")
                                .getConstructor(Throwable.class)
                                .newInstance(new Exception("no license on this machine"));
                  } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                  }
                  throw (RuntimeException) failure;
                }
                return List.of(MEMBER);\
            """
                .formatted(caller, exception)));
  }

  private static void finish(ClusterUnderTest cluster, CheckedLoad load) throws Exception {
    var report = load.stop();
    System.out.println(report);
    assertThat(report.wrong()).isEmpty();
    assertThat(report.isSound()).isTrue();
    assertThat(cluster.run("verify")).contains("sound");
  }
}
