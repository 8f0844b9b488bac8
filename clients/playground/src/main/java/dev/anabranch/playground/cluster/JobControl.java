package dev.anabranch.playground.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A job's life on a local cluster: submitted, saved, stopped, started again from where it was. What
 * Flink's own command line can do is done with it.
 */
public final class JobControl {

  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
  private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed\\. Path: (\\S+)");
  private static final Duration JOB_TIMEOUT = Duration.ofSeconds(60);

  /** A submission whose client was ended may still be on its way. */
  private static final Duration LATE_SUBMISSION = Duration.ofSeconds(5);

  private static final int OUTPUT_LINES_SHOWN = 25;

  /** What healthy means, and what it does not. */
  private static final String HEALTHY =
      "the job is healthy: all tasks run, and a checkpoint is complete";

  private final ClusterFolder folder;
  private final LocalCluster cluster;
  private final JobKind kind;
  private final Consumer<String> say;
  private final JobFiles files;
  private final FlinkCli flink;

  public JobControl(
      ClusterFolder folder, LocalCluster cluster, JobKind kind, Consumer<String> say) {
    this(folder, cluster, kind, say, arguments -> new FlinkPrograms(folder).cli(arguments));
  }

  JobControl(
      ClusterFolder folder,
      LocalCluster cluster,
      JobKind kind,
      Consumer<String> say,
      FlinkCli flink) {
    this.folder = folder;
    this.cluster = cluster;
    this.kind = kind;
    this.say = say;
    this.files = new JobFiles(folder, kind);
    this.flink = flink;
  }

  JobKind kind() {
    return kind;
  }

  JobFiles files() {
    return files;
  }

  /** Whether a job of this kind was submitted, and not stopped since. */
  public boolean isWanted() {
    return folder.job(kind).filter(job -> !job.id().isEmpty()).isPresent();
  }

  /**
   * Submits a job and returns when it is healthy.
   *
   * @param from {@code latest}, {@code none} or a folder
   */
  public void submit(
      Path jar, List<Path> domainJars, int parallelism, String from, Duration patience) {
    requireNoJob();
    new Slots(folder, kind).require(parallelism, rest());
    var job =
        new SubmittedJob(
            "",
            files.keep(jar).toString(),
            domainJars.stream().map(each -> files.keep(each).toString()).toList(),
            parallelism,
            files.startFrom(from));
    say.accept(
        job.startedFrom().isEmpty()
            ? "starting from nothing but the store"
            : "starting from " + job.startedFrom());
    var started = start(job);
    var problem = healthProblem(started, patience, Duration.ZERO);
    if (problem.isPresent()) {
      throw new ClusterException("the job was submitted, but is not healthy: " + problem.get());
    }
    say.accept(HEALTHY);
    var read = kind == JobKind.COMMANDS ? rest().tailRows(started.id()) : 0;
    if (read > 0) {
      say.accept(
          String.format(
              Locale.ROOT,
              "it has read %,d rows of the log so far that its start did not know; commands of a"
                  + " shard wait until all of the shard's rows are read",
              read));
    }
  }

  /**
   * How many tasks the job gets if nobody says.
   *
   * @param slots of the cluster; 0: as many tasks as there is room for
   */
  public int parallelism(int slots) {
    return new Slots(folder, kind).parallelism(slots);
  }

  /** Takes a savepoint of the running job and gives its address. */
  public String savepoint() {
    var job = current();
    var output =
        cli(
            List.of(
                "savepoint", "-m", webAddress(), job.id(), files.savepoints().toUri().toString()));
    var path = find(SAVEPOINT, output, "take a savepoint");
    say.accept("savepoint: " + path);
    return path;
  }

  /** Stops the job with a savepoint and gives its address. */
  public String stop() {
    var job = current();
    var target = files.savepoints().toUri().toString();
    var output = cli(List.of("stop", "--savepointPath", target, "-m", webAddress(), job.id()));
    var path = find(SAVEPOINT, output, "stop the job");
    if (folder.settings().application()) {
      cluster.awaitEndOfApplication();
    }
    folder.job(kind, job.withId("").from(path));
    return path;
  }

  /** Cancels the job; its checkpoints stay. */
  public void cancel() {
    var job = current();
    cli(List.of("cancel", "-m", webAddress(), job.id()));
    Waiting.require(JOB_TIMEOUT, () -> isOver(job), () -> "the job did not end");
    if (folder.settings().application()) {
      cluster.awaitEndOfApplication();
    }
    folder.job(kind, job.withId(""));
  }

  /**
   * Cancels the job unless it has ended by itself, its JobManager of Application Mode included.
   *
   * @throws ClusterException if the JobManager does not say whether it has
   */
  void end() {
    var job = current();
    if (runs(job)) {
      cancel();
      return;
    }
    if (folder.settings().application()) {
      cluster.awaitEndOfApplication();
    }
    folder.job(kind, job.withId(""));
  }

  /** Starts a job that a new JobManager does not know, from the latest of what is left of it. */
  public void recover(Duration patience) {
    var recorded = folder.job(kind);
    if (recorded.isEmpty() || recorded.get().id().isEmpty()) {
      return;
    }
    var job = recorded.get();
    var findsItself = folder.settings().isHighlyAvailable() && !folder.settings().application();
    if (findsItself
        && Waiting.until(JOB_TIMEOUT, () -> rest().known(job.id()) == FlinkRest.Known.RUNS)) {
      say.accept("the JobManager has recovered the " + kind.title());
      return;
    }
    if (runs(job)) {
      return;
    }
    var from = files.startFrom("latest");
    say.accept(
        "the JobManager does not know the "
            + kind.title()
            + "; starting it from "
            + (from.isEmpty() ? "nothing but the store" : from));
    var started = start(job.withId("").from(from));
    var problem = healthProblem(started, patience, Duration.ZERO);
    if (problem.isPresent()) {
      throw new ClusterException("the " + kind.title() + " does not recover: " + problem.get());
    }
    say.accept("the " + kind.title() + " is healthy again");
  }

  /**
   * Waits until the job is healthy, as {@link HealthWatch} sees it.
   *
   * @return empty: it is; else what is wrong, as soon as that is known
   */
  Optional<String> healthProblem(SubmittedJob job, Duration patience, Duration steady) {
    var rest = rest();
    var watch = new HealthWatch(steady);
    var deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      var health = rest.health(job.id());
      switch (watch.look(health, System.nanoTime())) {
        case HEALTHY -> {
          return Optional.empty();
        }
        case FAILING -> {
          return Optional.of(describe(job, health));
        }
        case UNDECIDED -> {
          if (System.nanoTime() > deadline || hasLostItsCluster()) {
            return Optional.of(describe(job, health));
          }
        }
      }
      Waiting.pause();
    }
  }

  /** Whether all tasks run in time; one that starts again and again is not waited for. */
  boolean awaitRunning(SubmittedJob job, Duration patience) {
    var rest = rest();
    Waiting.until(
        patience,
        () -> {
          var health = rest.health(job.id());
          return health.running()
              || health.isOver()
              || health.failures() >= HealthWatch.FAILURES_GIVEN_UP
              || hasLostItsCluster();
        });
    return rest.health(job.id()).running();
  }

  /** In Application Mode the JobManager ends when its program does. */
  private boolean hasLostItsCluster() {
    return folder.settings().application() && !cluster.hasJobManager();
  }

  private String describe(SubmittedJob job, FlinkRest.Health health) {
    if (hasLostItsCluster()) {
      return "its JobManager has ended:\n" + jobManagerLog();
    }
    return "it is "
        + health.state()
        + ", has failed "
        + health.failures()
        + " times and completed "
        + health.completedCheckpoints()
        + " checkpoints\n"
        + rest().lastFailure(job.id());
  }

  private String jobManagerLog() {
    return new Processes(folder).endOfLog(LocalCluster.JOB_MANAGER);
  }

  /** Submits it as it is; throws if Flink does not take it. */
  SubmittedJob start(SubmittedJob job) {
    var started = folder.settings().application() ? startApplication(job) : run(job);
    folder.job(kind, started);
    say.accept("job " + started.id() + ": http://" + webAddress() + "/#/job/" + started.id());
    return started;
  }

  private SubmittedJob run(SubmittedJob job) {
    var before = idsOf(requireAnswer());
    try {
      var output = cli(new FlinkPrograms(folder).runArguments(kind, job, webAddress()));
      return job.withId(find(JOB_ID, output, "submit the job"));
    } catch (ClusterException e) {
      return job.withId(submittedAllTheSame(before, e));
    }
  }

  /**
   * Flink may have taken a job although its client failed, was ended, or lost the answer. One that
   * runs unnoticed would fight the next one for the log.
   */
  private String submittedAllTheSame(Set<String> before, ClusterException failure) {
    var found = new ArrayList<String>();
    Waiting.until(
        LATE_SUBMISSION,
        () -> {
          found.clear();
          requireAnswer().stream()
              .filter(each -> !each.isOver() && !before.contains(each.id()))
              .forEach(each -> found.add(each.id()));
          return !found.isEmpty();
        });
    if (found.isEmpty()) {
      throw failure;
    }
    if (found.size() > 1) {
      throw new ClusterException(
          "the submission failed, and jobs run that did not run before: "
              + String.join(", ", found)
              + "; cancel those that are not wanted at http://"
              + webAddress(),
          failure);
    }
    say.accept("Flink runs the job, though its client said: " + failure.getMessage());
    return found.get(0);
  }

  private List<FlinkRest.Job> requireAnswer() {
    var rest = rest();
    var jobs = new ArrayList<FlinkRest.Job>();
    Waiting.require(
        JOB_TIMEOUT,
        () -> {
          var answer = rest.jobs();
          answer.ifPresent(jobs::addAll);
          return answer.isPresent();
        },
        () ->
            "the JobManager at http://"
                + webAddress()
                + " did not say which jobs run; bring it back with `cluster up`, then try again: no"
                + " answer came");
    return jobs;
  }

  private static Set<String> idsOf(List<FlinkRest.Job> jobs) {
    return jobs.stream().map(FlinkRest.Job::id).collect(Collectors.toSet());
  }

  private SubmittedJob startApplication(SubmittedJob job) {
    cluster.startApplication(job);
    var rest = rest();
    Waiting.until(JOB_TIMEOUT, () -> !cluster.hasJobManager() || running(rest).isPresent());
    return running(rest)
        .map(found -> job.withId(found.id()))
        .orElseThrow(
            () ->
                new ClusterException("the application did not start its job:\n" + jobManagerLog()));
  }

  private static Optional<FlinkRest.Job> running(FlinkRest rest) {
    return rest.jobs().stream().flatMap(List::stream).filter(each -> !each.isOver()).findFirst();
  }

  /** The jars of the job that runs, its own first. */
  public static List<Path> jars(ClusterFolder folder) {
    var job =
        folder
            .job(JobKind.COMMANDS)
            .orElseThrow(() -> new ClusterException("there is no job; submit one first"));
    return Stream.concat(Stream.of(job.jar()), job.domainJars().stream()).map(Path::of).toList();
  }

  SubmittedJob current() {
    return folder
        .job(kind)
        .filter(job -> !job.id().isEmpty())
        .orElseThrow(
            () -> new ClusterException("there is no " + kind.title() + "; submit one first"));
  }

  FlinkRest rest() {
    return new FlinkRest(webAddress());
  }

  private String webAddress() {
    return folder.settings().webAddress();
  }

  /** Whether it runs; waits for a JobManager that does not answer, and gives up on it loudly. */
  private boolean runs(SubmittedJob job) {
    return !isOver(job)
        && requireAnswer().stream().anyMatch(each -> each.id().equals(job.id()) && !each.isOver());
  }

  /** Whether it has ended for certain. */
  private boolean isOver(SubmittedJob job) {
    return hasLostItsCluster() || rest().known(job.id()) == FlinkRest.Known.OVER;
  }

  private void requireNoJob() {
    var job = folder.job(kind).filter(each -> !each.id().isEmpty());
    if (job.isPresent() && runs(job.get())) {
      throw new ClusterException(
          kind.title()
              + " "
              + job.get().id()
              + " runs already, and a second one would only fight it for the log; use upgrade, or"
              + " stop it first");
    }
  }

  /** What became of the commands that it took in; zeros if nobody says. */
  ErrorShare commandCounts(SubmittedJob job) {
    return rest().commandCounts(job.id());
  }

  private String cli(List<String> arguments) {
    var output = flink.run(arguments);
    if (output.exitCode() != 0) {
      throw new ClusterException(
          "flink " + arguments.get(0) + " failed:\n" + firstLines(output.text()));
    }
    return output.text();
  }

  private static String find(Pattern pattern, String output, String what) {
    var found = pattern.matcher(output);
    if (!found.find()) {
      throw new ClusterException("Flink did not " + what + ":\n" + firstLines(output));
    }
    return found.group(1);
  }

  /** What went wrong stands in the causes, not in the frames of Flink's stack traces. */
  private static String firstLines(String output) {
    return String.join(
        "\n",
        output
            .lines()
            .filter(line -> !line.startsWith("\tat ") && !line.startsWith("\t..."))
            .limit(OUTPUT_LINES_SHOWN)
            .toList());
  }
}
