package dev.anabranch.operators.replication.replica;

import dev.anabranch.operators.cache.CachedMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/** A map of Flink's keyed state, as it is decoded. */
record StoredMap<K, V, B>(
    MapState<String, B> state, Names<K> names, Function<B, V> decode, Function<V, B> encode)
    implements CachedMap.Backing<K, V> {

  /** How keys are stored. */
  record Names<K>(Function<K, String> write, Function<String, K> read) {
    static final Names<String> TEXT = new Names<>(Function.identity(), Function.identity());
  }

  @Override
  public @Nullable V read(K key) {
    var stored = ReplicaState.access(() -> state.get(names.write.apply(key)));
    return stored == null ? null : decode.apply(stored);
  }

  @Override
  public void write(K key, V value) {
    ReplicaState.run(() -> state.put(names.write.apply(key), encode.apply(value)));
  }

  @Override
  public void remove(K key) {
    ReplicaState.run(() -> state.remove(names.write.apply(key)));
  }

  @Override
  public void readAll(BiConsumer<K, V> action) {
    ReplicaState.run(
        () -> {
          for (var entry : state.entries()) {
            action.accept(names.read.apply(entry.getKey()), decode.apply(entry.getValue()));
          }
        });
  }

  @Override
  public void clear() {
    ReplicaState.run(state::clear);
  }
}
