package dev.anabranch.operators.command.aggregate;

import dev.anabranch.operators.history.NamedEntries;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one aggregate in a {@link KeyedMap}; but for that of the empty name, which is none
 * of them.
 */
record KeyedEntries(KeyedMap map, String aggregate) implements NamedEntries<byte[]> {

  @Override
  public byte @Nullable [] get(String name) {
    return map.get(aggregate, name);
  }

  @Override
  public void put(String name, byte[] value) {
    map.put(aggregate, name, value);
  }

  @Override
  public void remove(String name) {
    map.remove(aggregate, name);
  }

  @Override
  public void forEach(BiConsumer<String, byte[]> action) {
    map.forEach(aggregate, name -> !name.isEmpty(), action);
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
