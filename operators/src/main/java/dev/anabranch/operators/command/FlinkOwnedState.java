package dev.anabranch.operators.command;

import dev.anabranch.model.AggregateRecord;
import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.ShardRecord;
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

/** {@link OwnedState} in Flink's keyed state. */
final class FlinkOwnedState implements OwnedState {

  // State names are part of the savepoint format: never rename one, add "-v2" and migrate.
  static final String AGGREGATE = "aggregate-v1";
  static final String SHARD = "shard-v1";
  static final String PARKED = "parked-v1";

  private final Consumer<Object> currentKey;
  private final String[] shardKeys;
  private final ValueState<AggregateRecord> aggregates;
  private final ValueState<ShardRecord> shards;
  private final ListState<CommandRecord> parked;

  FlinkOwnedState(KeyedStateStore store, Consumer<Object> currentKey, int shardCount) {
    this.currentKey = currentKey;
    this.shardKeys = ShardKeys.forShardCount(shardCount);
    this.aggregates =
        store.getState(new ValueStateDescriptor<>(AGGREGATE, new AggregateRecordSerializer()));
    this.shards = store.getState(new ValueStateDescriptor<>(SHARD, new ShardRecordSerializer()));
    this.parked =
        store.getListState(new ListStateDescriptor<>(PARKED, new CommandRecordSerializer()));
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
    currentKey.accept(shardKeys[shard]);
    try {
      var commands = new ArrayList<CommandRecord>();
      parked.get().forEach(commands::add);
      return commands;
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void writeParked(int shard, List<CommandRecord> commands) {
    currentKey.accept(shardKeys[shard]);
    try {
      if (commands.isEmpty()) {
        parked.clear();
      } else {
        parked.update(commands);
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
