package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set in which adding wins: a removal removes what its decider had seen, so an element that was
 * added concurrently stays. An element may come back after it was removed.
 *
 * <p><b>Bounds.</b> Per element at most one event id per region, and none once they are stable;
 * nothing remains of what was removed.
 *
 * @param <T> type of the elements: immutable; text, a number, an enum, a record of such, or {@code
 *     Comparable}
 */
public final class OrSet<T> extends Replicated<OrSet<T>> {

  private static final OrSet<?> EMPTY = new OrSet<>(Entries.empty());

  private final Entries<T, Tags> entries;

  private OrSet(Entries<T, Tags> entries) {
    this.entries = entries;
  }

  @SuppressWarnings("unchecked") // holds nothing
  public static <T> OrSet<T> empty() {
    return (OrSet<T>) EMPTY;
  }

  public OrSet<T> add(T element, EventContext at) {
    Objects.requireNonNull(element, "a set holds no null");
    return of(entries.with(element, Tags.add(entries.get(element), at)));
  }

  /**
   * Removes the element as far as the event's decider had seen it added. Of an element that is not
   * in the set there is nothing to remove: in {@code decide}, ask {@link #contains} and leave the
   * event out.
   */
  public OrSet<T> remove(T element, EventContext at) {
    var tags = entries.get(element);
    return tags == null ? this : of(entries.with(element, tags.without(at)));
  }

  /** Removes all elements as far as the event's decider had seen them added. */
  public OrSet<T> clear(EventContext at) {
    return of(entries.changeEach(tags -> tags.without(at)));
  }

  public boolean contains(T element) {
    return entries.contains(element);
  }

  /** The elements in their natural order, records by their components, enums by name. */
  public List<T> elements() {
    return entries.keys();
  }

  public int size() {
    return entries.size();
  }

  public boolean isEmpty() {
    return entries.size() == 0;
  }

  /** For codecs. */
  public List<Tagged<T>> entries() {
    return Tagged.listOf(entries);
  }

  /**
   * For codecs: what {@link #entries} gave.
   *
   * @throws IllegalArgumentException if they are out of order
   */
  public static <T> OrSet<T> ofEntries(List<Tagged<T>> entries) {
    return new OrSet<>(Tagged.entriesOf(entries));
  }

  @Override
  public OrSet<T> stable(VectorTime stable) {
    return of(entries.changeEach(tags -> tags.stable(stable)));
  }

  @Override
  OrSet<T> without(EventContext at) {
    return clear(at);
  }

  @Override
  OrSet<T> forgettable() {
    return this;
  }

  @Override
  boolean isInitial() {
    return isEmpty();
  }

  private OrSet<T> of(Entries<T, Tags> changed) {
    return changed == entries ? this : new OrSet<>(changed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OrSet<?> set && entries.equals(set.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return "OrSet" + entries;
  }
}
