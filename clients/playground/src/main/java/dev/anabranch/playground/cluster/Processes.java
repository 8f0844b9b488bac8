package dev.anabranch.playground.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The processes of a cluster, each with a file that holds its id and start time.
 *
 * <p>They run in sessions of their own, so that neither the end of the command that started them
 * nor a Ctrl-C in its terminal reaches them.
 */
final class Processes {

  private static final String DIRECTORY = "processes";
  private static final int LOG_LINES_SHOWN = 30;

  private final ClusterFolder folder;

  Processes(ClusterFolder folder) {
    this.folder = folder;
  }

  /** One that was started, whether it runs or not. */
  Optional<ClusterProcess> find(String name) {
    return folder.read(DIRECTORY + "/" + name + ".json", ClusterProcess.class);
  }

  boolean isRunning(String name) {
    return find(name).map(ClusterProcess::isRunning).orElse(false);
  }

  List<ClusterProcess> all() {
    var directory = folder.resolve(DIRECTORY);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var files = Files.list(directory)) {
      var found = new ArrayList<ClusterProcess>();
      for (var file : files.sorted().toList()) {
        var name = file.getFileName().toString();
        if (name.endsWith(".json")) {
          find(name.substring(0, name.length() - ".json".length())).ifPresent(found::add);
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory, e);
    }
  }

  /**
   * Starts a process and returns at once.
   *
   * @param command must name the cluster's folder
   */
  ClusterProcess start(
      String name, Path directory, List<String> command, Map<String, String> environment) {
    var log = folder.log(name);
    try {
      Files.createDirectories(log.getParent());
      Files.createDirectories(directory);
      var own = new ArrayList<String>();
      own.add("setsid");
      own.addAll(command);
      var builder = new ProcessBuilder(own).directory(directory.toFile());
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.redirectInput(Path.of("/dev/null").toFile());
      var process = ClusterProcess.of(name, builder.start().toHandle(), folder.path());
      folder.write(DIRECTORY + "/" + name + ".json", process);
      return process;
    } catch (IOException e) {
      throw new ClusterException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** Waits until a process that was just started serves; ends it if it does not. */
  void awaitReady(ClusterProcess process, BooleanSupplier ready, Duration timeout) {
    // The command line names the folder only after the exec of the program itself.
    var alive = Waiting.until(Duration.ofSeconds(5), process::isRunning);
    var served =
        alive
            && Waiting.until(timeout, () -> !process.isRunning() || ready.getAsBoolean())
            && process.isRunning();
    if (!served) {
      var why =
          process.isRunning() ? "did not get ready within " + timeout.toSeconds() + " s" : "ended";
      process.kill();
      throw new ClusterException(
          process.name()
              + " "
              + why
              + "; the end of "
              + folder.log(process.name())
              + ":\n"
              + endOfLog(process.name()));
    }
  }

  void forget(String name) {
    try {
      Files.deleteIfExists(folder.resolve(DIRECTORY + "/" + name + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a process that has ended says of the reason: its last failure, else its last lines. */
  String endOfLog(String name) {
    try {
      var lines = Files.readString(folder.log(name)).lines().toList();
      return StackTraces.lastOf(lines)
          .orElseGet(
              () ->
                  String.join(
                      "\n",
                      lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size())));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }
}
