package dev.anabranch.operators.command.aggregate;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.ShardRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The checkpointed state of the shards that a subtask owns. Called on the task's thread only.
 *
 * <p><b>Recovery.</b> Holds committed effects only; a restore sees what the last completed
 * checkpoint wrote.
 */
public interface CommandState {

  /** Reads an aggregate's record; null if it was never written. */
  @Nullable AggregateRecord aggregate(String key);

  void writeAggregate(String key, AggregateRecord aggregate);

  /** Reads a shard's record; null if no checkpoint wrote it yet. */
  @Nullable ShardRecord shard(int shard);

  void writeShard(int shard, ShardRecord record);

  /** Commands of the shard that a checkpoint took along undecided, in order. */
  List<CommandRecord> parked(int shard);

  void writeParked(int shard, List<CommandRecord> commands);

  /** Commits of other regions that a checkpoint took along without a row, in order. */
  List<CommandRecord> parkedRemote(int shard);

  void writeParkedRemote(int shard, List<CommandRecord> commits);

  /** Graphs of aggregates with several versions, entry by entry. */
  KeyedMap graphEntries();

  /** The commits of a graph by the command that they stem from. */
  KeyedMap graphCommands();

  /** States of versions. */
  KeyedMap graphStates();

  /** Events of the commits in the graph. */
  KeyedMap graphEvents();

  /** What the gate holds, per aggregate. */
  KeyedMap gateEntries();
}
