package dev.anabranch.playground.cluster;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Replaces a running job by another release of it: stop with a savepoint, start from it, see that
 * it is healthy, and go back to the old jar and the same savepoint if it is not.
 */
public final class Upgrade {

  private final ClusterFolder folder;
  private final LocalCluster cluster;
  private final JobControl control;
  private final Consumer<String> say;

  /** How an upgrade or rescaling ended, and how long no task ran. */
  public record Result(boolean healthy, Duration pause, String savepoint) {}

  /**
   * How the next job starts.
   *
   * @param from the place, given the savepoint that the job before it was stopped with
   * @param errorsAreExpected whether more commands than before may end in an error
   */
  private record Start(UnaryOperator<String> from, boolean errorsAreExpected) {
    static final Start FROM_SAVEPOINT = new Start(UnaryOperator.identity(), false);
  }

  public Upgrade(
      ClusterFolder folder, LocalCluster cluster, JobControl control, Consumer<String> say) {
    this.folder = folder;
    this.cluster = cluster;
    this.control = control;
    this.say = say;
  }

  /**
   * Upgrades to the jar.
   *
   * @param domainJars beside it; empty: those of the running job
   * @param foldAgain whether the new release starts from the store alone, and not from the
   *     savepoint
   * @param patience how long the new release, and if need be the old one, may take to get healthy
   * @param steady how long it must have run without a failure to be taken for healthy
   * @throws ClusterException if neither the new nor the old release starts
   */
  public Result to(
      Path jar, List<Path> domainJars, boolean foldAgain, Duration patience, Duration steady) {
    var old = control.current();
    var files = control.files();
    var domains =
        domainJars.isEmpty()
            ? old.domainJars()
            : domainJars.stream().map(each -> files.keep(each).toString()).toList();
    var next = new SubmittedJob("", files.keep(jar).toString(), domains, old.parallelism(), "");
    var start = new Start(savepoint -> foldAgain ? "" : savepoint, false);
    var result = replace(old, next, start, Change.NONE, patience, steady);
    if (result.healthy()) {
      folder.previousJob(control.kind(), old.withId("").from(result.savepoint()));
    }
    return result;
  }

  /** The jars that the last upgrade replaced, the job's own first; empty: there was no upgrade. */
  public static List<Path> previousJars(ClusterFolder folder) {
    return folder.previousJob(JobKind.COMMANDS).stream()
        .flatMap(job -> Stream.concat(Stream.of(job.jar()), job.domainJars().stream()))
        .map(Path::of)
        .toList();
  }

  /** Whether an upgrade replaced a job of this kind, and was not taken back. */
  public static boolean isPossibleBack(ClusterFolder folder, JobKind kind) {
    return folder.previousJob(kind).isPresent();
  }

  /**
   * Goes back to what the last upgrade replaced, from the savepoint that it was stopped with; what
   * was stored since is read from the log.
   *
   * @param someAreParked whether commands may end in an error, since aggregates have events that
   *     the release does not know
   */
  public Result back(boolean someAreParked, Duration patience, Duration steady) {
    var previous =
        folder
            .previousJob(control.kind())
            .orElseThrow(() -> new ClusterException("there was no upgrade to go back from"));
    var start = new Start(savepoint -> previous.startedFrom(), someAreParked);
    var result = replace(control.current(), previous, start, Change.NONE, patience, steady);
    if (result.healthy()) {
      folder.forgetPreviousJob(control.kind());
    }
    return result;
  }

  /** Another number of TaskManagers and another parallelism. */
  public Result rescale(int taskManagers, int parallelism, Duration patience) {
    var settings = folder.settings();
    var old = control.current();
    var slots = taskManagers * settings.slots();
    var wanted = parallelism == 0 ? control.parallelism(slots) : parallelism;
    var others = new Slots(folder, control.kind()).ofOthers();
    if (wanted + others > slots) {
      throw new ClusterException(
          "parallelism "
              + wanted
              + (others == 0 ? "" : " and " + others + " tasks of other jobs")
              + " needs more than the "
              + slots
              + " slots of "
              + taskManagers
              + " TaskManagers");
    }
    if (!settings.scheduler().equals("default")) {
      return rescaleInPlace(old, settings, taskManagers, wanted, patience);
    }
    if (taskManagers > settings.taskManagers()) {
      cluster.scaleTaskManagers(taskManagers);
    }
    return replace(
        old,
        old.withId("").withParallelism(wanted),
        Start.FROM_SAVEPOINT,
        new Change(
            () -> cluster.scaleTaskManagers(taskManagers),
            () -> cluster.scaleTaskManagers(settings.taskManagers())),
        patience,
        Duration.ZERO);
  }

  /** The adaptive scheduler restarts the tasks from the latest checkpoint by itself. */
  private Result rescaleInPlace(
      SubmittedJob job,
      ClusterSettings settings,
      int taskManagers,
      int parallelism,
      Duration patience) {
    var began = System.nanoTime();
    if (taskManagers > settings.taskManagers()) {
      cluster.scaleTaskManagers(taskManagers);
    }
    if (settings.scheduler().equals("adaptive")) {
      control.rest().require(job.id(), parallelism);
    }
    if (taskManagers < settings.taskManagers()) {
      if (settings.scheduler().equals("adaptive")) {
        awaitParallelism(job, parallelism, patience);
      }
      cluster.scaleTaskManagers(taskManagers);
    }
    awaitParallelism(job, parallelism, patience);
    folder.job(control.kind(), job.withParallelism(parallelism));
    var took = Duration.ofNanos(System.nanoTime() - began);
    say.accept(
        "rescaled to parallelism "
            + parallelism
            + " in "
            + seconds(took)
            + ", without a savepoint");
    return new Result(true, took, "");
  }

  private void awaitParallelism(SubmittedJob job, int parallelism, Duration patience) {
    Waiting.require(
        patience,
        () -> {
          var health = control.rest().health(job.id());
          return health.running() && health.parallelism() == parallelism;
        },
        () -> "the job did not get to parallelism " + parallelism);
  }

  /** What changes of the cluster while no job runs, and how that is taken back. */
  private record Change(Runnable make, Runnable undo) {
    static final Change NONE = new Change(() -> {}, () -> {});
  }

  private Result replace(
      SubmittedJob old,
      SubmittedJob next,
      Start start,
      Change change,
      Duration patience,
      Duration steady) {
    if (!control.awaitRunning(old, patience)) {
      throw new ClusterException(
          "not all tasks of the "
              + control.kind().title()
              + " run, so it can't be stopped with a savepoint; bring it back"
              + " first, or cancel it and submit the new jar from its latest checkpoint");
    }
    var before = control.commandCounts(old);
    var began = System.nanoTime();
    var savepoint = control.stop();
    var stopped = System.nanoTime();
    say.accept("stopped with savepoint " + savepoint + " in " + seconds(stopped - began));
    // Whatever goes wrong from here on, a region that nobody runs is worse than the old release.
    try {
      change.make().run();
      var counts = start.errorsAreExpected() ? Optional.<ErrorShare>empty() : Optional.of(before);
      start(next.from(start.from().apply(savepoint)), patience, steady, began, stopped, counts);
      return new Result(true, Duration.ofNanos(runningNanos - began), savepoint);
    } catch (ClusterException | UncheckedIOException e) {
      say.accept("NOT healthy: " + e.getMessage());
    }
    say.accept("going back to " + Path.of(old.jar()).getFileName() + " and the same savepoint");
    goBack(old, savepoint, change, patience, began);
    return new Result(false, Duration.ofNanos(runningNanos - began), savepoint);
  }

  private long runningNanos;

  /**
   * @throws ClusterException if it does not get healthy: the message says why not
   */
  private void start(
      SubmittedJob job,
      Duration patience,
      Duration steady,
      long began,
      long stopped,
      Optional<ErrorShare> before) {
    var started = control.start(job);
    var submitted = System.nanoTime();
    var runs = control.awaitRunning(started, patience);
    runningNanos = System.nanoTime();
    var problem = control.healthProblem(started, patience, steady);
    var counts = control.commandCounts(started);
    if (problem.isEmpty()) {
      problem = before.flatMap(counts::worseThan);
    }
    if (problem.isPresent()) {
      throw new ClusterException(
          seconds(System.nanoTime() - submitted) + " after its submission " + problem.get());
    }
    if (runs) {
      say.accept(
          "healthy; no task ran for "
              + seconds(runningNanos - began)
              + " at most: savepoint and stop "
              + seconds(stopped - began)
              + ", submission "
              + seconds(submitted - stopped)
              + ", start of the tasks "
              + seconds(runningNanos - submitted));
    }
    if (counts.in() == 0 && control.kind() == JobKind.COMMANDS) {
      say.accept(
          "no command came while it was watched, so its deciders are untried: look at"
              + " anabranch.commandErrors once some came, or upgrade with a longer --steady");
    }
  }

  private void goBack(
      SubmittedJob old, String savepoint, Change change, Duration patience, long began) {
    try {
      endFailed(old);
      change.undo().run();
      var started = control.start(old.withId("").from(savepoint));
      var problem = control.healthProblem(started, patience, Duration.ZERO);
      if (problem.isPresent()) {
        throw new ClusterException(problem.get());
      }
    } catch (ClusterException | UncheckedIOException e) {
      throw new ClusterException(
          "the old release does not start either; its savepoint is "
              + savepoint
              + ", its jar "
              + old.jar()
              + ": "
              + e.getMessage(),
          e);
    }
    runningNanos = System.nanoTime();
    say.accept("the old release is healthy again, after " + seconds(runningNanos - began));
  }

  /** One that was submitted may still restart for ever. */
  private void endFailed(SubmittedJob old) {
    var failed = folder.job(control.kind()).map(SubmittedJob::id).orElse("");
    if (!failed.isEmpty() && !failed.equals(old.id())) {
      control.end();
      control.files().setAside(failed);
    } else if (folder.settings().application()) {
      cluster.awaitEndOfApplication();
    }
  }

  private static String seconds(long nanos) {
    return seconds(Duration.ofNanos(nanos));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
