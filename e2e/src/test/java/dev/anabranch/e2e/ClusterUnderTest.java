package dev.anabranch.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.Anabranch;
import dev.anabranch.client.CommandClient;
import dev.anabranch.playground.load.CheckedLoad;
import dev.anabranch.playground.load.Dialect;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A local cluster, driven by the command line as a person drives it. Its processes are other ones
 * than this JVM; {@link #close} ends them and shows that nothing is left.
 */
final class ClusterUnderTest implements AutoCloseable {

  private static final Pattern PROCESS_ID =
      Pattern.compile("^\\S+ +(\\d+)  runs$", Pattern.MULTILINE);
  private static final Pattern JOB = Pattern.compile("^job +([0-9a-f]{32})", Pattern.MULTILINE);
  private static final Pattern FAILURES = Pattern.compile(", (\\d+) failures, ");
  private static final Pattern BROKER = Pattern.compile("^kafka +(127\\S+)", Pattern.MULTILINE);

  private final Path folder;
  private List<Long> processIds = List.of();

  ClusterUnderTest(String name) {
    folder = Path.of("target", "clusters", name).toAbsolutePath();
    // What a run that was killed has left.
    var unused = attempt("cluster", "down");
  }

  /** How a command line ended, and what it printed. */
  record Run(int exitCode, String text) {}

  static Path root() {
    return Path.of(System.getProperty("anabranch.root"));
  }

  static Path releaseJar(int release) {
    var name = "release-" + release + "/target/members-" + release + ".0.0-job.jar";
    return root().resolve("examples/standalone-project").resolve(name);
  }

  Run attempt(String... args) {
    var out = new StringWriter();
    var all = Stream.concat(Stream.of(args), options(args)).toArray(String[]::new);
    var began = System.nanoTime();
    var exitCode = Anabranch.run(new PrintWriter(out), new PrintWriter(out), all);
    System.out.printf(
        "$ anabranch %s   # %.1f s%n%s%n",
        String.join(" ", args),
        (System.nanoTime() - began) / 1e9,
        out.toString().indent(4).stripTrailing());
    return new Run(exitCode, out.toString());
  }

  /** Runs a command that must succeed. */
  String run(String... args) {
    var run = attempt(args);
    assertThat(run.exitCode()).as("exit code of %s: %s", List.of(args), run.text()).isZero();
    return run.text();
  }

  /** Starts it, and remembers the processes. */
  void up(String... options) {
    run(Stream.concat(Stream.of("cluster", "up"), Stream.of(options)).toArray(String[]::new));
    rememberProcesses();
  }

  void rememberProcesses() {
    processIds =
        Stream.concat(
                processIds.stream(),
                PROCESS_ID.matcher(status()).results().map(match -> Long.parseLong(match.group(1))))
            .distinct()
            .toList();
  }

  String status() {
    return attempt("cluster", "status").text();
  }

  String jobId() {
    var found = JOB.matcher(status());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  /** How often the job that runs has failed. */
  long failures() {
    var found = FAILURES.matcher(status());
    assertThat(found.find()).isTrue();
    return Long.parseLong(found.group(1));
  }

  void awaitAllTasksRun() {
    await(
        "all tasks run",
        () -> attempt("cluster", "status").text().contains("RUNNING, all tasks run"));
  }

  static void await(String what, BooleanSupplier condition) {
    var deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }

  /** Prints how long something took. */
  static void measured(String what, long beganNanos) {
    System.out.printf("measured: %.1f s %s%n", (System.nanoTime() - beganNanos) / 1e9, what);
  }

  CheckedLoad load(long seed, int rate) {
    var found = BROKER.matcher(status());
    assertThat(found.find()).isTrue();
    var client =
        CommandClient.builder()
            .bootstrapServers(found.group(1))
            .commandsTopic("commands.local")
            .replyTopic("replies.local")
            .clientId("e2e-load")
            .attemptTimeout(Duration.ofSeconds(20))
            .timeout(Duration.ofMinutes(5))
            .maxAttempts(100)
            .maxInFlight(2_000)
            .blockTimeout(Duration.ofMinutes(5))
            .build();
    return new CheckedLoad(client, Dialect.named("members"), seed, rate);
  }

  /** Waits until the load gets answers again. */
  static void awaitAnswers(CheckedLoad load, int more) {
    var before = load.answered();
    await("the load gets answers", () -> load.answered() > before + more);
  }

  @Override
  public void close() throws IOException {
    rememberProcesses();
    run("cluster", "down");
    assertThat(processIds).isNotEmpty().noneMatch(ClusterUnderTest::isOurs);
    assertThat(folder).doesNotExist();
    assertThat(Optional.ofNullable(folder.getParent().toFile().list()).orElseThrow())
        .doesNotContain(folder.getFileName().toString());
  }

  /** A process that names a cluster's folder. */
  private static boolean isOurs(long processId) {
    try {
      var state = Files.readString(Path.of("/proc", Long.toString(processId), "stat"));
      var command = Files.readString(Path.of("/proc", Long.toString(processId), "cmdline"));
      return !state.contains(") Z ") && command.contains("/target/clusters/");
    } catch (IOException gone) {
      return false;
    }
  }

  private Stream<String> options(String[] args) {
    return args[0].equals("cluster")
        ? Stream.of("--folder", folder.toString())
        : Stream.of("--config", folder.resolve("region.yaml").toString());
  }
}
