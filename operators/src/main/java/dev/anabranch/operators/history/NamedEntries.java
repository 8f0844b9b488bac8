package dev.anabranch.operators.history;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Port: small entries of one kind of one aggregate in keyed state, by name. Says where bytes lie,
 * and nothing of what they mean.
 *
 * <p><b>Threads.</b> The task's thread only.
 *
 * @param <B> what is stored under a name
 */
public interface NamedEntries<B> {

  @Nullable B get(String name);

  void put(String name, B value);

  void remove(String name);

  /** Calls the action for all entries, in any order; it must not change them. */
  void forEach(BiConsumer<String, B> action);

  void clear();
}
