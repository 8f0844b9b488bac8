package dev.anabranch.operators.command;

import dev.anabranch.operators.command.aggregate.KeyedMap;
import dev.anabranch.operators.history.MapInState;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.jspecify.annotations.Nullable;

/** {@link KeyedMap} as a map in Flink's keyed state: one RocksDB entry each. */
final class FlinkKeyedMap implements KeyedMap {

  private final MapInState<byte[]> map;
  private final Consumer<Object> currentKey;

  FlinkKeyedMap(KeyedStateStore store, String stateName, Consumer<Object> currentKey) {
    this.currentKey = currentKey;
    this.map =
        new MapInState<>(
            store.getMapState(
                new MapStateDescriptor<>(
                    stateName, StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE)));
  }

  @Override
  public byte @Nullable [] get(String key, String name) {
    currentKey.accept(key);
    return map.get(name);
  }

  @Override
  public void put(String key, String name, byte[] value) {
    currentKey.accept(key);
    map.put(name, value);
  }

  @Override
  public void remove(String key, String name) {
    currentKey.accept(key);
    map.remove(name);
  }

  @Override
  public Set<String> names(String key) {
    currentKey.accept(key);
    return map.names();
  }

  @Override
  public void forEach(String key, Predicate<String> names, BiConsumer<String, byte[]> action) {
    currentKey.accept(key);
    map.forEach(names, action);
  }
}
