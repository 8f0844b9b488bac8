package dev.anabranch.simulation.job;

import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.simulation.time.SimulatedMachine;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.jspecify.annotations.Nullable;

/** One execution of the job: its source, its subtasks, and the checkpoint that is under way. */
final class Attempt {

  private static final long MILLI = 1_000_000;
  private static final long CHECKPOINT_TIMEOUT = 60_000 * MILLI;

  private final SimulatedJob job;
  private final World world;
  private final SimulatedMachine machine;
  private final int parallelism;
  private final long[] next;
  private final List<Subtask> subtasks = new ArrayList<>();
  private @Nullable Checkpoint underWay;
  private @Nullable Throwable problem;
  private int running;

  /**
   * An execution that is not started.
   *
   * @param next offsets that its source reads first
   */
  Attempt(SimulatedJob job, World world, SimulatedMachine machine, int parallelism, long[] next) {
    this.job = job;
    this.world = world;
    this.machine = machine;
    this.parallelism = parallelism;
    this.next = next;
  }

  SimulatedMachine machine() {
    return machine;
  }

  void start(@Nullable Checkpoint from) {
    for (var index = 0; index < parallelism; index++) {
      var place = new Subtask.Place(index, parallelism, world.options().shardCount());
      subtasks.add(new Subtask(this, world, place));
    }
    if (from != null) {
      from.inFlight().forEach(record -> subtaskOf(record).addRestored(record));
    }
    running = parallelism;
    for (var subtask : subtasks) {
      var state = stateOf(from, subtask.index());
      world
          .time()
          .startOn(machine, machine.name() + "/" + subtask.index(), () -> subtask.run(state));
    }
  }

  private @Nullable OperatorSubtaskState stateOf(@Nullable Checkpoint from, int index) {
    try {
      return from == null ? null : from.stateOf(index, parallelism);
    } catch (Exception e) {
      throw new IllegalStateException("a checkpoint that can't be split", e);
    }
  }

  // -- The source.

  private Subtask subtaskOf(CommandRecord record) {
    var shards = world.options().shardCount();
    var shard = Shards.shardOf(record.routingKey(), shards);
    return subtasks.get(
        KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(shards, parallelism, shard));
  }

  /** Reads on as far as there is room, from one partition and then another. */
  void fill() {
    var partitions = next.length;
    var first = world.random().nextInt(partitions);
    for (var i = 0; i < partitions; i++) {
      var partition = (first + i) % partitions;
      var many = 1 + world.random().nextInt(4);
      while (many-- > 0 && next[partition] < world.commands().end(partition)) {
        var record = world.commands().record(partition, next[partition]);
        var target = subtaskOf(record);
        if (!target.hasRoom()) {
          break;
        }
        next[partition]++;
        target.add(record);
      }
    }
  }

  boolean isQuiet() {
    for (var partition = 0; partition < next.length; partition++) {
      if (next[partition] < world.commands().end(partition)) {
        return false;
      }
    }
    return subtasks.stream().allMatch(Subtask::isQuiet);
  }

  // -- Checkpoints.

  /** Begins a checkpoint, unless one is under way. */
  @Nullable Checkpoint checkpoint(long id, boolean fails) {
    if (underWay != null || problem != null || machine.isDead()) {
      return null;
    }
    var begun = new Checkpoint(id, world.options().shardCount(), parallelism, next.clone(), fails);
    underWay = begun;
    subtasks.forEach(subtask -> subtask.barrier(begun));
    world
        .time()
        .after(
            CHECKPOINT_TIMEOUT,
            () -> {
              if (underWay == begun && job.isCurrent(this)) {
                underWay = null;
                world.note("checkpoint " + id + " takes too long");
              }
            });
    return begun;
  }

  void acknowledge(
      Checkpoint checkpoint,
      Subtask subtask,
      OperatorSubtaskState state,
      List<CommandRecord> overtaken) {
    checkpoint.acknowledge(subtask.index(), state, overtaken);
    if (checkpoint.isComplete() && underWay == checkpoint) {
      world.time().after(world.random().nextInt(20) * MILLI, () -> completed(checkpoint));
    }
  }

  private void completed(Checkpoint checkpoint) {
    if (underWay != checkpoint || problem != null || !job.isCurrent(this)) {
      return;
    }
    underWay = null;
    if (checkpoint.fails()) {
      world.note("checkpoint " + checkpoint.id() + " is aborted");
      return;
    }
    world.note("checkpoint " + checkpoint.id() + " is complete");
    job.completed(checkpoint);
    for (var subtask : subtasks) {
      world
          .time()
          .after(
              world.random().nextInt(20) * MILLI,
              () -> subtask.checkpointCompleted(checkpoint.id()));
    }
    world
        .time()
        .after(
            world.random().nextInt(50) * MILLI,
            () -> {
              if (!machine.isDead()) {
                world.commands().commit(checkpoint.next());
              }
            });
  }

  // -- The end.

  /** One subtask has failed: the others are cancelled. */
  void failed(Subtask failing, Throwable e) {
    if (problem == null) {
      problem = e;
      world.note(machine.name() + "/" + failing.index() + " fails: " + rootOf(e));
      subtasks.stream().filter(other -> other != failing).forEach(Subtask::cancel);
    }
  }

  /** Stops it as a person does who cancels the job. */
  void cancel() {
    if (problem == null) {
      problem = new InterruptedException("cancelled");
      subtasks.forEach(Subtask::cancel);
    }
  }

  void ended() {
    if (--running == 0) {
      machine.kill();
      job.ended(this, problem);
    }
  }

  /** There is something new to read. */
  void wake() {
    subtasks.forEach(Subtask::wake);
  }

  private static String rootOf(Throwable e) {
    var root = e;
    for (var cause = e; cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }
}
