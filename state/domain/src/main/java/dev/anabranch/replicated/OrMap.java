package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.EventId;
import dev.anabranch.causality.VectorTime;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A map whose values are replicated themselves, maps among them. Changing a value wins over
 * removing its key: a removal takes back all that its decider had seen of the key and of the value,
 * and what was done concurrently stays, on an otherwise new value. So a key that comes back after
 * it was removed does not bring its old value with it.
 *
 * <p><b>Bounds.</b> Nothing remains of a key that was removed. Per key at most one event id per
 * region, and none once they are stable; and the value's own bounds.
 *
 * @param <K> type of the keys: immutable; text, a number, an enum, a record of such, or {@code
 *     Comparable}
 * @param <V> type of the values
 */
public final class OrMap<K, V extends Replicated<V>> extends Replicated<OrMap<K, V>> {

  private final V initial;
  private final Entries<K, Slot<V>> slots;

  private OrMap(V initial, Entries<K, Slot<V>> slots) {
    this.initial = initial;
    this.slots = slots;
  }

  /**
   * An empty map.
   *
   * @param initial what a value starts from: {@code PnCounter.ZERO}, {@code OrSet.empty()}, ...
   * @throws IllegalArgumentException if events have been applied to it already
   */
  public static <K, V extends Replicated<V>> OrMap<K, V> of(V initial) {
    if (!initial.isInitial()) {
      throw new IllegalArgumentException(
          "values of a map start from nothing, not from " + initial + "; pass an empty value");
    }
    return new OrMap<>(initial.forgettable(), Entries.empty());
  }

  /**
   * Changes the value of a key, which is there from now on.
   *
   * @param change applies operations of this event, with the same {@code at}
   */
  public OrMap<K, V> update(K key, EventContext at, UnaryOperator<V> change) {
    Objects.requireNonNull(key, "a map holds no null");
    var slot = slots.get(key);
    var value = change.apply(slot == null ? initial : slot.value);
    Objects.requireNonNull(value, "the change returned null; return the changed value");
    var tags = Tags.add(slot == null ? null : slot.tags, at);
    return of(slots.with(key, new Slot<>(tags, value)));
  }

  /**
   * Removes the key and its value as far as the event's decider had seen them changed. Of a key
   * that is not in the map there is nothing to remove: in {@code decide}, ask {@link #contains} and
   * leave the event out.
   */
  public OrMap<K, V> remove(K key, EventContext at) {
    var slot = slots.get(key);
    return slot == null ? this : of(slots.with(key, slot.without(at)));
  }

  /** Removes all keys as far as the event's decider had seen their values changed. */
  public OrMap<K, V> clear(EventContext at) {
    return of(slots.changeEach(slot -> slot.without(at)));
  }

  /** The value of a key; an empty one if the key is not in the map. */
  public V get(K key) {
    var slot = slots.get(key);
    return slot == null ? initial : slot.value;
  }

  public boolean contains(K key) {
    return slots.contains(key);
  }

  /** The keys in their natural order, records by their components, enums by name. */
  public List<K> keys() {
    return slots.keys();
  }

  public int size() {
    return slots.size();
  }

  public boolean isEmpty() {
    return slots.size() == 0;
  }

  /** For codecs. */
  public List<Entry<K, V>> entries() {
    return slots.entries((key, slot) -> new Entry<>(key, slot.tags.ids(), slot.value));
  }

  /**
   * For codecs: what {@link #entries} gave.
   *
   * @throws IllegalArgumentException if they are out of order
   */
  public static <K, V extends Replicated<V>> OrMap<K, V> ofEntries(
      V initial, List<Entry<K, V>> entries) {
    return OrMap.<K, V>of(initial)
        .of(
            Entries.ofSorted(
                entries.stream().map(Entry::key).toList(),
                entries.stream()
                    .map(entry -> new Slot<>(Tags.ofSorted(entry.events), entry.value))
                    .toList()));
  }

  @Override
  public OrMap<K, V> stable(VectorTime stable) {
    return of(slots.changeEach(slot -> slot.stable(stable)));
  }

  @Override
  OrMap<K, V> without(EventContext at) {
    return clear(at);
  }

  @Override
  OrMap<K, V> forgettable() {
    return this;
  }

  @Override
  boolean isInitial() {
    return isEmpty();
  }

  private OrMap<K, V> of(Entries<K, Slot<V>> changed) {
    return changed == slots ? this : new OrMap<>(initial, changed);
  }

  /**
   * A key with its value. For codecs.
   *
   * @param events in order, those that changed the value and are not stable; none: all are
   */
  public record Entry<K, V>(K key, List<EventId> events, V value) {}

  private record Slot<V extends Replicated<V>>(Tags tags, V value) {

    /** What is left; null if nothing is. */
    @Nullable Slot<V> without(EventContext at) {
      var left = tags.without(at);
      // Each event that changed the value is among the tags, or one of them has seen it.
      return left == null ? null : new Slot<>(left, value.without(at));
    }

    Slot<V> stable(VectorTime stable) {
      var stableTags = tags.stable(stable);
      var stableValue = value.stable(stable);
      return stableTags == tags && stableValue == value
          ? this
          : new Slot<>(stableTags, stableValue);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OrMap<?, ?> map && slots.equals(map.slots);
  }

  @Override
  public int hashCode() {
    return slots.hashCode();
  }

  @Override
  public String toString() {
    return "OrMap" + slots;
  }
}
