package dev.anabranch.replicated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A small immutable map in {@link ElementOrder}: two sorted arrays. */
final class Entries<K, V> {

  private static final Entries<?, ?> EMPTY = new Entries<>(new Object[0], new Object[0]);

  private final Object[] keys;
  private final Object[] values;

  private Entries(Object[] keys, Object[] values) {
    this.keys = keys;
    this.values = values;
  }

  @SuppressWarnings("unchecked") // holds nothing
  static <K, V> Entries<K, V> empty() {
    return (Entries<K, V>) EMPTY;
  }

  /**
   * The entries as they are stored.
   *
   * @throws IllegalArgumentException if the keys are out of order
   */
  static <K, V> Entries<K, V> ofSorted(List<K> keys, List<V> values) {
    for (var i = 1; i < keys.size(); i++) {
      if (ElementOrder.INSTANCE.compare(keys.get(i - 1), keys.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "'" + keys.get(i) + "' must not follow '" + keys.get(i - 1) + "': each once, in order");
      }
    }
    return of(keys, values);
  }

  private static <K, V> Entries<K, V> of(List<?> keys, List<?> values) {
    return keys.isEmpty() ? empty() : new Entries<>(keys.toArray(), values.toArray());
  }

  int size() {
    return keys.length;
  }

  @SuppressWarnings("unchecked") // only keys were put there
  K keyAt(int index) {
    return (K) keys[index];
  }

  @SuppressWarnings("unchecked") // only values were put there
  V valueAt(int index) {
    return (V) values[index];
  }

  @SuppressWarnings("unchecked") // only keys were put there
  List<K> keys() {
    return (List<K>) List.of(keys);
  }

  boolean contains(K key) {
    return indexOf(key) >= 0;
  }

  @Nullable V get(K key) {
    var at = indexOf(key);
    return at < 0 ? null : valueAt(at);
  }

  /** Returns these with this value for the key, or without the key if the value is null. */
  Entries<K, V> with(K key, @Nullable V value) {
    var at = indexOf(key);
    if (value == null) {
      return at < 0 ? this : without(at);
    }
    if (at >= 0) {
      if (values[at].equals(value)) {
        return this;
      }
      var replaced = values.clone();
      replaced[at] = value;
      return new Entries<>(keys, replaced);
    }
    return new Entries<>(inserted(keys, -at - 1, key), inserted(values, -at - 1, value));
  }

  /** Returns these with each value changed, or this object if none is. */
  Entries<K, V> changeEach(Change<V> change) {
    var newKeys = new ArrayList<Object>(keys.length);
    var newValues = new ArrayList<Object>(keys.length);
    var isChanged = false;
    for (var i = 0; i < keys.length; i++) {
      var changed = change.apply(valueAt(i));
      isChanged |= changed != values[i];
      if (changed != null) {
        newKeys.add(keys[i]);
        newValues.add(changed);
      }
    }
    return isChanged ? of(newKeys, newValues) : this;
  }

  <T> List<T> entries(BiFunction<K, V, T> entry) {
    var list = new ArrayList<T>(keys.length);
    for (var i = 0; i < keys.length; i++) {
      list.add(entry.apply(keyAt(i), valueAt(i)));
    }
    return list;
  }

  private Entries<K, V> without(int at) {
    return keys.length == 1 ? empty() : new Entries<>(removed(keys, at), removed(values, at));
  }

  private int indexOf(Object key) {
    return Arrays.binarySearch(keys, key, ElementOrder.INSTANCE);
  }

  private static Object[] inserted(Object[] array, int at, Object value) {
    var longer = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, at, longer, at + 1, array.length - at);
    longer[at] = value;
    return longer;
  }

  private static Object[] removed(Object[] array, int at) {
    var shorter = Arrays.copyOf(array, array.length - 1);
    System.arraycopy(array, at + 1, shorter, at, shorter.length - at);
    return shorter;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Entries<?, ?> entries
        && Arrays.equals(keys, entries.keys)
        && Arrays.equals(values, entries.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(keys) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("{");
    for (var i = 0; i < keys.length; i++) {
      text.append(i == 0 ? "" : ", ").append(keys[i]).append('=').append(values[i]);
    }
    return text.append('}').toString();
  }

  /** What becomes of a value; null: its key goes. */
  interface Change<V> {
    @Nullable V apply(V value);
  }
}
