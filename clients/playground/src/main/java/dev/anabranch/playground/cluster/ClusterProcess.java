package dev.anabranch.playground.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A process that a cluster started, possibly by another JVM, and that may be gone.
 *
 * <p>Systems use process ids again. A process is taken for this one only if it started at the same
 * time and names the cluster's folder in its command line.
 *
 * @param startedMillis when it started, as the system says
 * @param folder of the cluster
 */
record ClusterProcess(String name, long pid, long startedMillis, String folder) {

  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(15);

  private static final Duration EXEC_TIMEOUT = Duration.ofSeconds(1);

  /** The system's clock may be set a little between two looks at it. */
  private static final long START_TOLERANCE_MILLIS = 2_000;

  static ClusterProcess of(String name, ProcessHandle handle, Path folder) {
    return new ClusterProcess(
        name,
        handle.pid(),
        handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L),
        folder.toString());
  }

  boolean isRunning() {
    return handle() != null;
  }

  /** SIGKILL; returns when it is gone. */
  void kill() {
    var handle = handle();
    if (handle != null) {
      handle.destroyForcibly();
      Waiting.require(
          KILL_TIMEOUT, () -> !isRunning(), () -> name + ", process " + pid + ", did not end");
    }
  }

  /** SIGTERM, and SIGKILL if that is not heard; returns when it is gone. */
  void stop(Duration patience) {
    var handle = handle();
    if (handle != null) {
      handle.destroy();
      if (!Waiting.until(patience, () -> !isRunning())) {
        kill();
      }
    }
  }

  private @org.jspecify.annotations.Nullable ProcessHandle handle() {
    var found = ProcessHandle.of(pid).filter(ProcessHandle::isAlive).orElse(null);
    if (found == null || isZombie()) {
      return null;
    }
    var started = found.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    var sameStart = Math.abs(started - startedMillis) <= START_TOLERANCE_MILLIS;
    return sameStart && namesFolder() ? found : null;
  }

  /** Ended, but not yet fetched by the process that adopted it. */
  private boolean isZombie() {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      var state = stat.substring(stat.lastIndexOf(')') + 2).charAt(0);
      return state == 'Z' || state == 'X';
    } catch (IOException gone) {
      return true;
    }
  }

  private boolean namesFolder() {
    // While a process is replacing its program it has no command line.
    return Waiting.until(EXEC_TIMEOUT, () -> !commandLine().isEmpty() || isZombie())
        && commandLine().contains(folder);
  }

  /** The command line; empty if the process is gone, or has none at the moment. */
  private String commandLine() {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
    } catch (IOException gone) {
      return "";
    }
  }
}
