package dev.anabranch.operators.command;

import dev.anabranch.operators.command.aggregate.KeyedMap;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.jspecify.annotations.Nullable;

/** {@link KeyedMap} as a map in Flink's keyed state: one RocksDB entry each. */
final class FlinkKeyedMap implements KeyedMap {

  private final MapState<String, byte[]> map;
  private final Consumer<Object> currentKey;

  FlinkKeyedMap(KeyedStateStore store, String stateName, Consumer<Object> currentKey) {
    this.currentKey = currentKey;
    this.map =
        store.getMapState(
            new MapStateDescriptor<>(
                stateName, StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
  }

  @Override
  public byte @Nullable [] get(String key, String name) {
    currentKey.accept(key);
    try {
      return map.get(name);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void put(String key, String name, byte[] value) {
    currentKey.accept(key);
    try {
      map.put(name, value);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void remove(String key, String name) {
    currentKey.accept(key);
    try {
      map.remove(name);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public Set<String> names(String key) {
    currentKey.accept(key);
    try {
      var names = new HashSet<String>();
      for (var name : map.keys()) {
        names.add(name);
      }
      return names;
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void forEach(String key, Predicate<String> names, BiConsumer<String, byte[]> action) {
    currentKey.accept(key);
    try {
      for (var entry : map.entries()) {
        if (names.test(entry.getKey())) {
          action.accept(entry.getKey(), entry.getValue());
        }
      }
    } catch (RuntimeException e) {
      throw e; // Also what the action throws.
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(Exception e) {
    return new IllegalStateException("keyed state can't be read or written", e);
  }
}
