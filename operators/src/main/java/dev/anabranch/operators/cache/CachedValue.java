package dev.anabranch.operators.cache;

import org.jspecify.annotations.Nullable;

/**
 * One value of an aggregate's keyed state, decoded on the heap.
 *
 * <p><b>Threads.</b> The task's thread only, while the aggregate is the current key.
 */
public final class CachedValue<V> {

  /** The value of the current key. */
  public interface Backing<V> {
    @Nullable V read();

    /** Writes the value; null removes it. */
    void write(@Nullable V value);
  }

  private final Backing<V> backing;
  private @Nullable V value;
  private boolean known;
  private boolean changed;

  public CachedValue(Backing<V> backing) {
    this.backing = backing;
  }

  public @Nullable V get() {
    if (!known) {
      value = backing.read();
      known = true;
    }
    return value;
  }

  /** What is on the heap; reads nothing for it. */
  public @Nullable V known() {
    return value;
  }

  public void set(@Nullable V newValue) {
    value = newValue;
    known = true;
    changed = true;
  }

  /** The state is known to have none. */
  public void knownEmpty() {
    known = true;
  }

  public boolean isChanged() {
    return changed;
  }

  public void writeBack() {
    if (changed) {
      backing.write(value);
      changed = false;
    }
  }
}
