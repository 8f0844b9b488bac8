package dev.anabranch.operators.command.aggregate;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checkpointed small entries of one kind: by aggregate, then by name. Bytes start with a format
 * version. Called on the task's thread only.
 */
public interface KeyedMap {

  byte @Nullable [] get(String key, String name);

  void put(String key, String name, byte[] value);

  void remove(String key, String name);

  /** The names of all entries of the aggregate; a copy. */
  Set<String> names(String key);

  /**
   * Calls the action for each entry of the aggregate whose name is asked for. Values of others are
   * not copied. The action must not change the map.
   */
  void forEach(String key, Predicate<String> names, BiConsumer<String, byte[]> action);

  /** All entries of the aggregate; a copy. */
  default Map<String, byte[]> all(String key) {
    var all = new HashMap<String, byte[]>();
    forEach(key, name -> true, all::put);
    return all;
  }
}
