package dev.anabranch.operators.replication;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One map of an aggregate's keyed state, decoded on the heap as far as it was asked for. An entry
 * that comes and goes between two write-backs is never written.
 *
 * <p><b>Threads.</b> The task's thread only, while the aggregate is the current key.
 */
final class CachedMap<K, V> {

  /** The entries of the current key. */
  interface Backing<K, V> {
    @Nullable V read(K key);

    void write(K key, V value);

    void remove(K key);

    void readAll(BiConsumer<K, V> action);

    void clear();
  }

  /** A pass over all costs about as much as some reads. */
  private static final int MISSES_BEFORE_READING_ALL = 4;

  private final Backing<K, V> backing;
  private final Map<K, Slot<V>> slots = new HashMap<>();
  private boolean complete;
  private boolean changed;
  private int misses;

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

  CachedMap(Backing<K, V> backing) {
    this.backing = backing;
  }

  @Nullable V get(K key) {
    var slot = slots.get(key);
    if (slot != null) {
      return slot.value;
    }
    if (complete) {
      return null;
    }
    if (misses == MISSES_BEFORE_READING_ALL) {
      readAll();
      return get(key);
    }
    misses++;
    var value = backing.read(key);
    slots.put(key, new Slot<>(value, value != null));
    return value;
  }

  void put(K key, V value) {
    var slot = slots.get(key);
    if (slot == null) {
      slot = new Slot<>(value, !complete);
      slots.put(key, slot);
    }
    slot.value = value;
    slot.changed = true;
    changed = true;
  }

  void remove(K key) {
    var slot = slots.get(key);
    if (slot == null) {
      if (complete) {
        return;
      }
      slot = new Slot<>(null, true);
      slots.put(key, slot);
    } else if (complete && !slot.stored) {
      slots.remove(key);
      return;
    }
    slot.value = null;
    slot.changed = true;
    changed = true;
  }

  /** All values, in any order. */
  List<V> values() {
    readAll();
    var values = new ArrayList<V>(slots.size());
    for (var slot : slots.values()) {
      if (slot.value != null) {
        values.add(slot.value);
      }
    }
    return values;
  }

  /** How many entries are on the heap. */
  int size() {
    return slots.size();
  }

  /** Removes all entries, also from the state. */
  void clear() {
    slots.clear();
    backing.clear();
    complete = true;
    changed = false;
  }

  /** The state is known to have none. */
  void isNew() {
    complete = true;
  }

  boolean isChanged() {
    return changed;
  }

  void writeBack() {
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
      backing.readAll((key, value) -> slots.putIfAbsent(key, new Slot<>(value, true)));
      complete = true;
    }
  }
}
