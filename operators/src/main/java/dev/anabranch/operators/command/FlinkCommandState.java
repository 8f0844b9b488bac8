package dev.anabranch.operators.command;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.operators.command.aggregate.CommandState;
import dev.anabranch.operators.command.aggregate.KeyedMap;
import dev.anabranch.operators.task.ShardKeys;
import dev.anabranch.serde.AggregateRecordSerializer;
import dev.anabranch.serde.CommandRecordSerializer;
import dev.anabranch.serde.ShardRecordSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.jspecify.annotations.Nullable;

/** {@link CommandState} in Flink's keyed state. */
final class FlinkCommandState implements CommandState {

  // State names are part of the savepoint format: never rename one, add "-v2" and migrate.
  static final String AGGREGATE = "aggregate-v1";
  static final String SHARD = "shard-v1";
  static final String PARKED = "parked-v1";
  static final String PARKED_REMOTE = "parked-remote-v1";
  static final String GRAPH_ENTRIES = "graph-entry-v1";
  static final String GRAPH_COMMANDS = "graph-command-v1";
  static final String GRAPH_STATES = "graph-state-v1";
  static final String GRAPH_EVENTS = "graph-events-v1";
  static final String GATE = "gate-v1";

  private final Consumer<Object> currentKey;
  private final String[] shardKeys;
  private final ValueState<AggregateRecord> aggregates;
  private final ValueState<ShardRecord> shards;
  private final ListState<CommandRecord> parked;
  private final ListState<CommandRecord> parkedRemote;
  private final KeyedMap graphEntries;
  private final KeyedMap graphCommands;
  private final KeyedMap graphStates;
  private final KeyedMap graphEvents;
  private final KeyedMap gate;

  FlinkCommandState(KeyedStateStore store, Consumer<Object> currentKey, int shardCount) {
    this.currentKey = currentKey;
    this.shardKeys = ShardKeys.forShardCount(shardCount);
    this.aggregates =
        store.getState(new ValueStateDescriptor<>(AGGREGATE, new AggregateRecordSerializer()));
    this.shards = store.getState(new ValueStateDescriptor<>(SHARD, new ShardRecordSerializer()));
    this.parked =
        store.getListState(new ListStateDescriptor<>(PARKED, new CommandRecordSerializer()));
    this.parkedRemote =
        store.getListState(new ListStateDescriptor<>(PARKED_REMOTE, new CommandRecordSerializer()));
    this.graphEntries = new FlinkKeyedMap(store, GRAPH_ENTRIES, currentKey);
    this.graphCommands = new FlinkKeyedMap(store, GRAPH_COMMANDS, currentKey);
    this.graphStates = new FlinkKeyedMap(store, GRAPH_STATES, currentKey);
    this.graphEvents = new FlinkKeyedMap(store, GRAPH_EVENTS, currentKey);
    this.gate = new FlinkKeyedMap(store, GATE, currentKey);
  }

  @Override
  public @Nullable AggregateRecord aggregate(String key) {
    currentKey.accept(key);
    return read(aggregates);
  }

  @Override
  public void writeAggregate(String key, AggregateRecord aggregate) {
    currentKey.accept(key);
    write(aggregates, aggregate);
  }

  @Override
  public @Nullable ShardRecord shard(int shard) {
    currentKey.accept(shardKeys[shard]);
    return read(shards);
  }

  @Override
  public void writeShard(int shard, ShardRecord record) {
    currentKey.accept(shardKeys[shard]);
    write(shards, record);
  }

  @Override
  public List<CommandRecord> parked(int shard) {
    return read(shard, parked);
  }

  @Override
  public void writeParked(int shard, List<CommandRecord> commands) {
    write(shard, parked, commands);
  }

  @Override
  public List<CommandRecord> parkedRemote(int shard) {
    return read(shard, parkedRemote);
  }

  @Override
  public void writeParkedRemote(int shard, List<CommandRecord> commits) {
    write(shard, parkedRemote, commits);
  }

  @Override
  public KeyedMap graphEntries() {
    return graphEntries;
  }

  @Override
  public KeyedMap graphCommands() {
    return graphCommands;
  }

  @Override
  public KeyedMap graphStates() {
    return graphStates;
  }

  @Override
  public KeyedMap graphEvents() {
    return graphEvents;
  }

  @Override
  public KeyedMap gateEntries() {
    return gate;
  }

  private List<CommandRecord> read(int shard, ListState<CommandRecord> list) {
    currentKey.accept(shardKeys[shard]);
    try {
      var records = new ArrayList<CommandRecord>();
      list.get().forEach(records::add);
      return records;
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private void write(int shard, ListState<CommandRecord> list, List<CommandRecord> records) {
    currentKey.accept(shardKeys[shard]);
    try {
      if (records.isEmpty()) {
        list.clear();
      } else {
        list.update(records);
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private static <T> @Nullable T read(ValueState<T> state) {
    try {
      return state.value();
    } catch (IOException e) {
      throw new UncheckedIOException("keyed state can't be read", e);
    }
  }

  private static <T> void write(ValueState<T> state, T value) {
    try {
      state.update(value);
    } catch (IOException e) {
      throw new UncheckedIOException("keyed state can't be written", e);
    }
  }

  private static IllegalStateException failed(Exception e) {
    return new IllegalStateException("keyed state can't be read or written", e);
  }
}
