package dev.anabranch.operators.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One map of an aggregate's keyed state, decoded on the heap as far as it was asked for. An entry
 * that comes and goes between two write-backs is never written.
 *
 * <p><b>Threads.</b> The task's thread only, while the aggregate is the current key.
 */
public final class CachedMap<K, V> {

  /** The entries of the current key. */
  public interface Backing<K, V> {
    @Nullable V read(K key);

    void write(K key, V value);

    void remove(K key);

    void readAll(BiConsumer<K, V> action);

    void clear();

    /** Whether what is read is on the heap already, and need not be kept a second time. */
    default boolean isOnHeap() {
      return false;
    }
  }

  /** A pass over all costs about as much as some reads, if they are few. */
  private static final int MISSES_BEFORE_READING_ALL = 4;

  private final Backing<K, V> backing;
  private final BooleanSupplier hasFew;
  private final ToLongFunction<V> sizeOf;
  private final Map<K, Slot<V>> slots = new HashMap<>();
  private boolean complete;
  private boolean changed;
  private int misses;
  private long bytes;

  /** What is known of a key. */
  private static final class Slot<V> {
    @Nullable V value;

    /** Whether the state may have an entry. */
    boolean stored;

    boolean changed;

    Slot(@Nullable V value, boolean stored) {
      this.value = value;
      this.stored = stored;
    }
  }

  /** A map whose entries may all be on the heap. */
  public CachedMap(Backing<K, V> backing) {
    this(backing, () -> true);
  }

  /**
   * A map as {@link #CachedMap(Backing)} makes it, whose {@link #bytes} are known.
   *
   * @param sizeOf of a value, always the same one
   */
  public CachedMap(Backing<K, V> backing, ToLongFunction<V> sizeOf) {
    this(backing, () -> true, sizeOf);
  }

  /**
   * @param hasFew whether all of the state's entries may be read for the sake of some; asked after
   *     several reads
   */
  public CachedMap(Backing<K, V> backing, BooleanSupplier hasFew) {
    this(backing, hasFew, value -> 0);
  }

  /**
   * @param hasFew as {@link #CachedMap(Backing, BooleanSupplier)} takes it
   * @param sizeOf of a value, always the same one
   */
  public CachedMap(Backing<K, V> backing, BooleanSupplier hasFew, ToLongFunction<V> sizeOf) {
    this.backing = backing;
    this.hasFew = hasFew;
    this.sizeOf = sizeOf;
  }

  public @Nullable V get(K key) {
    var slot = slots.get(key);
    if (slot != null) {
      return slot.value;
    }
    if (complete) {
      return null;
    }
    if (backing.isOnHeap()) {
      return backing.read(key);
    }
    if (misses >= MISSES_BEFORE_READING_ALL && hasFew.getAsBoolean()) {
      readAll();
      return get(key);
    }
    misses++;
    var value = backing.read(key);
    slots.put(key, new Slot<>(value, value != null));
    bytes += sizeOf(value);
    return value;
  }

  public void put(K key, V value) {
    var slot = slots.get(key);
    if (slot == null) {
      slot = new Slot<>(null, !complete);
      slots.put(key, slot);
    }
    bytes += sizeOf(value) - sizeOf(slot.value);
    slot.value = value;
    slot.changed = true;
    changed = true;
  }

  public void remove(K key) {
    var slot = slots.get(key);
    if (slot == null) {
      if (complete) {
        return;
      }
      slot = new Slot<>(null, true);
      slots.put(key, slot);
    } else if (complete && !slot.stored) {
      slots.remove(key);
      bytes -= sizeOf(slot.value);
      return;
    }
    bytes -= sizeOf(slot.value);
    slot.value = null;
    slot.changed = true;
    changed = true;
  }

  /** All values, in any order. */
  public List<V> values() {
    var values = new ArrayList<V>(slots.size());
    forEach((key, value) -> values.add(value));
    return values;
  }

  /** All entries, in any order; the action must not change the map. */
  public void forEach(BiConsumer<K, V> action) {
    if (backing.isOnHeap()) {
      backing.readAll(
          (key, value) -> {
            if (!slots.containsKey(key)) {
              action.accept(key, value);
            }
          });
    } else {
      readAll();
    }
    for (var entry : slots.entrySet()) {
      var value = entry.getValue().value;
      if (value != null) {
        action.accept(entry.getKey(), value);
      }
    }
  }

  /** How large the values on the heap are, all together. */
  public long bytes() {
    return bytes;
  }

  private long sizeOf(@Nullable V value) {
    return value == null ? 0 : sizeOf.applyAsLong(value);
  }

  /** How many entries are on the heap. */
  public int size() {
    return slots.size();
  }

  /** Removes all entries, also from the state. */
  public void clear() {
    slots.clear();
    bytes = 0;
    backing.clear();
    complete = true;
    changed = false;
  }

  /**
   * A map that takes changes over this one, which it leaves alone. What changes here is seen there,
   * unless it was changed there too. A layer is thrown away, and never written back.
   */
  public CachedMap<K, V> layer() {
    return new CachedMap<>(new Beneath<>(this));
  }

  /** The state is known to have none. */
  public void knownEmpty() {
    complete = true;
  }

  public boolean isChanged() {
    return changed;
  }

  public void writeBack() {
    if (!changed) {
      return;
    }
    for (var entries = slots.entrySet().iterator(); entries.hasNext(); ) {
      var entry = entries.next();
      var slot = entry.getValue();
      if (slot.changed) {
        write(entry.getKey(), slot);
      }
      if (slot.value == null && complete) {
        entries.remove();
      }
    }
    changed = false;
  }

  /**
   * Forgets what the state has too, if there is more than {@code max} on the heap.
   *
   * @param max entries, and keys that are known to have none
   * @param kept what stays all the same
   */
  public void trim(int max, Predicate<K> kept) {
    if (slots.size() > max && forgetWhatIsStored(kept)) {
      complete = false;
      misses = 0;
    }
  }

  private boolean forgetWhatIsStored(Predicate<K> kept) {
    var before = slots.size();
    for (var entries = slots.entrySet().iterator(); entries.hasNext(); ) {
      var entry = entries.next();
      var slot = entry.getValue();
      if (!slot.changed && !kept.test(entry.getKey())) {
        bytes -= sizeOf(slot.value);
        entries.remove();
      }
    }
    return slots.size() < before;
  }

  private void write(K key, Slot<V> slot) {
    if (slot.value != null) {
      backing.write(key, slot.value);
      slot.stored = true;
    } else if (slot.stored) {
      backing.remove(key);
      slot.stored = false;
    }
    slot.changed = false;
  }

  private void readAll() {
    if (!complete) {
      backing.readAll(
          (key, value) -> {
            if (slots.putIfAbsent(key, new Slot<>(value, true)) == null) {
              bytes += sizeOf(value);
            }
          });
      complete = true;
    }
  }

  private record Beneath<K, V>(CachedMap<K, V> map) implements Backing<K, V> {

    @Override
    public @Nullable V read(K key) {
      return map.get(key);
    }

    @Override
    public void readAll(BiConsumer<K, V> action) {
      map.forEach(action);
    }

    @Override
    public boolean isOnHeap() {
      return true;
    }

    @Override
    public void write(K key, V value) {
      throw thrownAway();
    }

    @Override
    public void remove(K key) {
      throw thrownAway();
    }

    @Override
    public void clear() {
      throw thrownAway();
    }

    private static UnsupportedOperationException thrownAway() {
      return new UnsupportedOperationException("a layer is never written back");
    }
  }
}
