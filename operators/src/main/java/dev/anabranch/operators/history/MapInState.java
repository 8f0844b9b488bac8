package dev.anabranch.operators.history;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/**
 * The entries of Flink's current key in one map of the keyed state.
 *
 * <p><b>Failure.</b> What the state can't do ends the task.
 *
 * @param <B> what is stored under a name
 */
public record MapInState<B>(MapState<String, B> map) implements NamedEntries<B> {

  @Override
  public @Nullable B get(String name) {
    try {
      return map.get(name);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void put(String name, B value) {
    try {
      map.put(name, value);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void remove(String name) {
    try {
      map.remove(name);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void forEach(BiConsumer<String, B> action) {
    forEach(name -> true, action);
  }

  /** Calls the action for entries whose names are asked for; values of others are not decoded. */
  public void forEach(Predicate<String> names, BiConsumer<String, B> action) {
    try {
      for (var entry : map.entries()) {
        if (names.test(entry.getKey())) {
          action.accept(entry.getKey(), entry.getValue());
        }
      }
    } catch (Exception e) {
      throw failed(e);
    }
  }

  /** The names of all entries; a copy. */
  public Set<String> names() {
    try {
      var names = new HashSet<String>();
      map.keys().forEach(names::add);
      return names;
    } catch (Exception e) {
      throw failed(e);
    }
  }

  @Override
  public void clear() {
    map.clear();
  }

  /** What the caller's code throws within a pass stays as it is. */
  private static RuntimeException failed(Exception e) {
    return e instanceof RuntimeException known
        ? known
        : new IllegalStateException("keyed state can't be read or written", e);
  }
}
