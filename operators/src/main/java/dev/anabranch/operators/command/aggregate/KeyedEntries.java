package dev.anabranch.operators.command.aggregate;

import dev.anabranch.operators.cache.CachedMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one aggregate in a {@link KeyedMap}, as they are decoded; but for that of the
 * empty name, which is none of them.
 */
record KeyedEntries<K, V>(KeyedMap map, String aggregate, Names<K> names, Form<V> form)
    implements CachedMap.Backing<K, V> {

  /** How keys are stored. */
  record Names<K>(Function<K, String> write, Function<String, K> read) {}

  /** How values are stored. */
  record Form<V>(Function<byte[], V> decode, Function<V, byte[]> encode) {}

  @Override
  public @Nullable V read(K key) {
    var stored = map.get(aggregate, names.write.apply(key));
    return stored == null ? null : form.decode.apply(stored);
  }

  @Override
  public void write(K key, V value) {
    map.put(aggregate, names.write.apply(key), form.encode.apply(value));
  }

  @Override
  public void remove(K key) {
    map.remove(aggregate, names.write.apply(key));
  }

  @Override
  public void readAll(BiConsumer<K, V> action) {
    map.all(aggregate)
        .forEach(
            (name, stored) -> {
              if (!name.isEmpty()) {
                action.accept(names.read.apply(name), form.decode.apply(stored));
              }
            });
  }

  @Override
  public void clear() {
    for (var name : map.names(aggregate)) {
      if (!name.isEmpty()) {
        map.remove(aggregate, name);
      }
    }
  }
}
