package dev.anabranch.operators.command.aggregate;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The entries of one aggregate, and how often they are asked for. */
final class CountedMap implements KeyedMap {
  final Map<String, byte[]> stored = new TreeMap<>();
  int reads;
  int passes;

  /** How many bytes were handed out. */
  long bytesRead;

  @Override
  public byte @Nullable [] get(String key, String name) {
    reads++;
    var value = stored.get(name);
    bytesRead += value == null ? 0 : value.length;
    return value;
  }

  @Override
  public void put(String key, String name, byte[] value) {
    stored.put(name, value);
  }

  @Override
  public void remove(String key, String name) {
    stored.remove(name);
  }

  @Override
  public Set<String> names(String key) {
    passes++;
    return Set.copyOf(stored.keySet());
  }

  @Override
  public void forEach(String key, Predicate<String> names, BiConsumer<String, byte[]> action) {
    passes++;
    stored.forEach(
        (name, value) -> {
          if (names.test(name)) {
            bytesRead += value.length;
            action.accept(name, value);
          }
        });
  }
}
