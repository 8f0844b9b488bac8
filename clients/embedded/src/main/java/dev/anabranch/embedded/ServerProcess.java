package dev.anabranch.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A server that runs as an operating system process of its own, addressed by its process id and
 * never by its name.
 *
 * <p><b>Files.</b> {@code server.log} in its directory gets everything the process prints; {@code
 * server.pid} holds its id and that of the JVM that started it; {@code tmp} is its {@code TMPDIR}.
 *
 * <p><b>Orphans.</b> A JVM that exits in an orderly way kills what it started. After a kill -9 of
 * the JVM a server may live on and hold its files: the next start on the same directory ends it, if
 * it is certain that the process is that server and that its owner is gone.
 *
 * <p><b>Threads.</b> Not for concurrent use; the owner guards it.
 */
final class ServerProcess {

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);
  private static final int LOG_LINES_SHOWN = 60;

  private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> LIVE.forEach(Process::destroyForcibly), "embedded-servers-shutdown"));
  }

  private final Path directory;
  private final Process process;

  private ServerProcess(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /**
   * Starts the process and returns at once.
   *
   * @param directory must be named in the command, which is how an orphan is recognised
   */
  static ServerProcess start(
      Path directory, List<String> command, Map<String, String> environment) {
    killOrphan(directory);
    var process = launch(directory, command, environment);
    try {
      Files.writeString(
          pidFile(directory), process.pid() + "\n" + ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      process.destroyForcibly();
      throw new UncheckedIOException("cannot write " + pidFile(directory), e);
    }
    return new ServerProcess(directory, process);
  }

  /** Runs a command to its end, which must be a success within the time. */
  static void run(Path directory, List<String> command, Duration timeout) {
    var once = new ServerProcess(directory, launch(directory, command, Map.of()));
    if (!once.exitsWithin(timeout)) {
      once.kill();
      throw once.failure("did not end within " + timeout.toSeconds() + " s");
    }
    if (once.process.exitValue() != 0) {
      throw once.failure("failed with exit code " + once.process.exitValue());
    }
  }

  /** Waits until the server is ready; kills it and throws, with the end of its log, if it fails. */
  void awaitReady(BooleanSupplier ready, Duration timeout) {
    var deadline = System.nanoTime() + timeout.toNanos();
    while (!ready.getAsBoolean()) {
      if (exitsWithin(POLL_INTERVAL)) {
        throw failure("exited with code " + process.exitValue());
      }
      if (Thread.currentThread().isInterrupted() || System.nanoTime() > deadline) {
        kill();
        throw failure("was not ready within " + timeout.toSeconds() + " s, or was interrupted");
      }
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Ends it as a power cut would, from the server's point of view: SIGKILL. */
  void kill() {
    process.destroyForcibly();
    if (!exitsWithin(KILL_TIMEOUT) && !Thread.currentThread().isInterrupted()) {
      throw failure("is still there " + KILL_TIMEOUT.toSeconds() + " s after SIGKILL");
    }
  }

  /** Asks it to end (SIGTERM) and kills it if it does not. */
  void stop() {
    process.destroy();
    if (!exitsWithin(STOP_TIMEOUT)) {
      kill();
    }
  }

  private static Process launch(
      Path directory, List<String> command, Map<String, String> environment) {
    try {
      // Not the system's: MariaDB deletes at its start what looks like a temporary table,
      // whoever's.
      var temporary = Files.createDirectories(directory.resolve("tmp"));
      var builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().putAll(environment);
      builder.environment().put("TMPDIR", temporary.toString());
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile(directory).toFile()));
      var process = builder.start();
      LIVE.add(process);
      var unused = process.onExit().thenRun(() -> LIVE.remove(process));
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.get(0), e);
    }
  }

  /**
   * Waits for the end. False says that it still runs, also if this thread was interrupted, which
   * stays visible.
   */
  private boolean exitsWithin(Duration timeout) {
    try {
      return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void killOrphan(Path directory) {
    if (!Files.exists(pidFile(directory))) {
      return;
    }
    var ids = readPids(directory);
    var server = ProcessHandle.of(ids[0]).filter(handle -> runsIn(handle, directory));
    if (server.isEmpty()) {
      return;
    }
    if (ProcessHandle.of(ids[1]).isPresent()) {
      throw new IllegalStateException(
          directory + " is in use by process " + ids[0] + " of JVM " + ids[1]);
    }
    server.get().destroyForcibly();
    server.get().onExit().orTimeout(KILL_TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Process ids are used again by the system: a stranger's command line does not name us. */
  private static boolean runsIn(ProcessHandle handle, Path directory) {
    return handle.info().commandLine().orElse("").contains(directory.toString());
  }

  private static long[] readPids(Path directory) {
    try {
      var lines = Files.readAllLines(pidFile(directory));
      return lines.size() == 2
          ? new long[] {Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1))}
          : new long[] {-1, -1};
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + pidFile(directory), e);
    }
  }

  private IllegalStateException failure(String what) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "server process %d in %s %s; the end of its log:%n%s",
            process.pid(),
            directory,
            what,
            endOfLog()));
  }

  private String endOfLog() {
    try {
      var lines = Files.readString(logFile(directory)).lines().toList();
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      return "(unreadable: " + e.getMessage() + ")";
    }
  }

  private static Path pidFile(Path directory) {
    return directory.resolve("server.pid");
  }

  private static Path logFile(Path directory) {
    return directory.resolve("server.log");
  }
}
