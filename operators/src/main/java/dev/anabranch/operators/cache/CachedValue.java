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

    /** Whether what is read is on the heap already, and need not be kept a second time. */
    default boolean isOnHeap() {
      return false;
    }
  }

  private final Backing<V> backing;
  private @Nullable V value;
  private boolean known;
  private boolean changed;

  public CachedValue(Backing<V> backing) {
    this.backing = backing;
  }

  public @Nullable V get() {
    if (!known && backing.isOnHeap()) {
      return backing.read();
    }
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

  /** A value that is set over this one, which it leaves alone; see {@link CachedMap#layer}. */
  public CachedValue<V> layer() {
    return new CachedValue<>(new Beneath<>(this));
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

  private record Beneath<V>(CachedValue<V> beneath) implements Backing<V> {

    @Override
    public @Nullable V read() {
      return beneath.get();
    }

    @Override
    public boolean isOnHeap() {
      return true;
    }

    @Override
    public void write(@Nullable V value) {
      throw new UnsupportedOperationException("a layer is never written back");
    }
  }
}
