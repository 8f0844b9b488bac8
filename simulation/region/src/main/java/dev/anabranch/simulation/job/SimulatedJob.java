package dev.anabranch.simulation.job;

import dev.anabranch.checker.Fact;
import dev.anabranch.simulation.time.SimulatedMachine;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command job as Flink runs it: it is started again from its latest checkpoint whenever it
 * fails, and by hand from whatever a person chooses.
 */
public final class SimulatedJob {

  private static final long MILLI = 1_000_000;

  private final World world;
  private final int clockSpreadMillis;
  private final List<Checkpoint> retained = new ArrayList<>();
  private @Nullable Checkpoint latest;
  private @Nullable Attempt attempt;
  private boolean readsFromEarliest;
  private boolean isRefused;
  private int parallelism;
  private int attempts;
  private long checkpoints;

  /** From what a person starts the job. */
  public enum From {
    LATEST,
    OLDER,
    NOTHING
  }

  /**
   * A job that is not started.
   *
   * @param clockSpreadMillis how far the machines' clocks may be off
   */
  public SimulatedJob(World world, int parallelism, int clockSpreadMillis) {
    this.world = world;
    this.parallelism = parallelism;
    this.clockSpreadMillis = clockSpreadMillis;
  }

  /** The first start. */
  public void submit() {
    readsFromEarliest = mayHaveParked();
    begin();
  }

  /** Whether it has failed for good, until a person starts it. */
  public boolean isRefused() {
    return isRefused;
  }

  public boolean isQuiet() {
    var current = attempt;
    return current != null && current.isQuiet();
  }

  /** There are new commands. */
  public void wake() {
    var current = attempt;
    if (current != null) {
      current.wake();
    }
  }

  /** Triggers a checkpoint. */
  public void checkpoint(boolean fails) {
    var current = attempt;
    if (current != null && current.checkpoint(checkpoints + 1, fails) != null) {
      checkpoints++;
      world.note("checkpoint " + checkpoints + " begins");
    }
  }

  /** The process dies; Flink notices, and starts the job again. */
  public void crash() {
    var current = attempt;
    if (current != null) {
      world.note(current.machine().name() + " dies");
      current.machine().kill();
      attempt = null;
      beginLater();
    }
  }

  /** Flink takes the process for dead and starts another; it lives on for so long. */
  public void cutOff(long nanos) {
    var current = attempt;
    if (current != null) {
      world.note(current.machine().name() + " is taken for dead, and is not");
      attempt = null;
      world.time().after(nanos, current.machine()::kill);
      beginLater();
    }
  }

  /** A person stops the job and starts it, perhaps with another parallelism. */
  public void startAgain(From from, int newParallelism, boolean gently) {
    if (from == From.NOTHING) {
      latest = null;
      readsFromEarliest = mayHaveParked();
    } else if (from == From.OLDER && retained.size() > 1) {
      latest = retained.get(world.random().nextInt(retained.size() - 1));
    }
    var chosen = latest;
    parallelism = newParallelism;
    isRefused = false;
    world.note(
        "the job is started again from "
            + (chosen == null ? "nothing" : "checkpoint " + chosen.id())
            + " with parallelism "
            + parallelism);
    var current = attempt;
    if (current == null) {
      beginLater();
    } else if (gently) {
      current.cancel();
    } else {
      current.machine().kill();
      attempt = null;
      beginLater();
    }
  }

  boolean isCurrent(Attempt asked) {
    return attempt == asked;
  }

  void completed(Checkpoint checkpoint) {
    latest = checkpoint;
    retained.add(checkpoint);
  }

  /** All subtasks of an attempt have ended. */
  void ended(Attempt ended, @Nullable Throwable problem) {
    if (ended != attempt) {
      return;
    }
    attempt = null;
    if (problem != null && Subtask.isFinal(problem)) {
      isRefused = true;
      world.record().accept(new Fact.Refused(world.micros(), String.valueOf(problem.getMessage())));
    } else {
      beginLater();
    }
  }

  private void beginLater() {
    world.time().after((50 + world.random().nextInt(1_500)) * MILLI, this::begin);
  }

  private void begin() {
    if (attempt != null || isRefused) {
      return;
    }
    var from = latest;
    var spread = clockSpreadMillis == 0 ? 0 : world.random().nextInt(clockSpreadMillis);
    var machine = new SimulatedMachine("attempt-" + ++attempts, spread * 1_000L);
    var begun = new Attempt(this, world, machine, parallelism, firstOffsets(from));
    attempt = begun;
    world.record().accept(new Fact.Started(world.micros(), machine.name(), from == null));
    world.note(
        machine.name() + " starts from " + (from == null ? "nothing" : "checkpoint " + from.id()));
    begun.start(from);
  }

  private long[] firstOffsets(@Nullable Checkpoint from) {
    if (from != null) {
      return from.next();
    }
    return readsFromEarliest
        ? new long[world.commands().partitions()]
        : world.commands().committed();
  }

  /** What the start check of the job asks each database. */
  private boolean mayHaveParked() {
    for (var database : world.store().databases()) {
      if (!database.isUp() || database.hasParkedCommands()) {
        return true;
      }
    }
    return false;
  }
}
