package dev.anabranch.simulation.job;

import dev.anabranch.model.message.CommandRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** A checkpoint: under way, and then complete. */
final class Checkpoint {

  private final long id;
  private final int shards;
  private final int parallelism;
  private final long[] next;
  private final boolean fails;
  private final TreeMap<Integer, OperatorSubtaskState> states = new TreeMap<>();
  private final TreeMap<Integer, List<CommandRecord>> inFlight = new TreeMap<>();

  /**
   * A checkpoint that begins.
   *
   * @param next offsets that the source reads next
   * @param fails whether it is aborted once all have done their part
   */
  Checkpoint(long id, int shards, int parallelism, long[] next, boolean fails) {
    this.id = id;
    this.shards = shards;
    this.parallelism = parallelism;
    this.next = next;
    this.fails = fails;
  }

  long id() {
    return id;
  }

  long[] next() {
    return next.clone();
  }

  boolean fails() {
    return fails;
  }

  int parallelism() {
    return parallelism;
  }

  void acknowledge(int subtask, OperatorSubtaskState state, List<CommandRecord> inFlightThere) {
    states.put(subtask, state);
    inFlight.put(subtask, List.copyOf(inFlightThere));
  }

  boolean isComplete() {
    return states.size() == parallelism;
  }

  /** Commands that were in front of the operator. */
  List<CommandRecord> inFlight() {
    var all = new ArrayList<CommandRecord>();
    inFlight.values().forEach(all::addAll);
    return all;
  }

  /** The part of a subtask, of a job that may have another parallelism now. */
  OperatorSubtaskState stateOf(int index, int newParallelism) throws Exception {
    if (newParallelism == parallelism) {
      return states.getOrDefault(index, OperatorSubtaskState.builder().build());
    }
    var all =
        AbstractStreamOperatorTestHarness.repackageState(
            states.values().toArray(new OperatorSubtaskState[0]));
    return AbstractStreamOperatorTestHarness.repartitionOperatorState(
        all, shards, parallelism, newParallelism, index);
  }
}
