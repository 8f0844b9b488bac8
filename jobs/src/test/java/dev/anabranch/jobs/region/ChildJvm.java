package dev.anabranch.jobs.region;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A program in a process of its own, made from this JVM's class path and options, so that it can be
 * killed as a machine's loss does it.
 *
 * <p><b>Orphans.</b> It ends with {@link #close}, at the latest when this JVM exits in order.
 */
public final class ChildJvm implements AutoCloseable {

  private static final int HEAP_MEGABYTES = 384;
  private static final long END_TIMEOUT_SECONDS = 60;

  private final Process process;
  private final Path log;

  private ChildJvm(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a program and returns at once.
   *
   * @param log gets all that it prints
   */
  public static ChildJvm start(Class<?> main, List<String> arguments, Path log) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + HEAP_MEGABYTES + "m");
    command.add("-XX:TieredStopAtLevel=1"); // It lives for seconds.
    command.add("-XX:+UseSerialGC");
    for (var option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (option.startsWith("--add-") || option.startsWith("-Dlog4j")) {
        command.add(option);
      }
    }
    command.add(main.getName());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", absoluteClassPath());
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      var process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new ChildJvm(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + main.getName(), e);
    }
  }

  /** Waits for something that this process is to bring about. */
  public void await(String what, Await.Condition condition) {
    Await.until(
        what,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("it has ended before " + what + ":\n" + printed());
          }
          return condition.holds();
        });
  }

  /** Waits for its end, which must be a success. */
  public void awaitSuccess() {
    awaitEnd();
    if (process.exitValue() != 0) {
      throw new IllegalStateException("it failed:\n" + printed());
    }
  }

  /** SIGKILL: the process does nothing any more, not even say goodbye to its servers. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  @Override
  public void close() {
    kill();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(END_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private String printed() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String absoluteClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
