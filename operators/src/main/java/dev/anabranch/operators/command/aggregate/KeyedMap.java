package dev.anabranch.operators.command.aggregate;

import java.util.Map;
import java.util.Set;
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

  /** All entries of the aggregate; a copy. */
  Map<String, byte[]> all(String key);
}
