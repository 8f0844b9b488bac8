package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set in which removing wins, for ever: an element that was removed anywhere never comes back.
 * For things that end once, such as revoked permits.
 *
 * <p><b>Bounds.</b> Every element that was ever removed is kept. A set that lives long and removes
 * much should be an {@link OrSet}.
 *
 * @param <T> type of the elements: immutable; text, a number, an enum, a record of such, or {@code
 *     Comparable}
 */
public final class TwoPhaseSet<T> extends Replicated<TwoPhaseSet<T>> {

  private static final TwoPhaseSet<?> EMPTY = new TwoPhaseSet<>(Entries.empty(), Entries.empty());

  private final Entries<T, Tags> added;
  private final Entries<T, Tags> removed;

  private TwoPhaseSet(Entries<T, Tags> added, Entries<T, Tags> removed) {
    this.added = added;
    this.removed = removed;
  }

  @SuppressWarnings("unchecked") // holds nothing
  public static <T> TwoPhaseSet<T> empty() {
    return (TwoPhaseSet<T>) EMPTY;
  }

  /** Adds the element, unless it was or will be removed. */
  public TwoPhaseSet<T> add(T element, EventContext at) {
    Objects.requireNonNull(element, "a set holds no null");
    return of(added.with(element, Tags.add(added.get(element), at)), removed);
  }

  /** Removes the element for good, whether it was added before, concurrently, or never. */
  public TwoPhaseSet<T> remove(T element, EventContext at) {
    Objects.requireNonNull(element, "a set holds no null");
    return of(added, removed.with(element, Tags.add(removed.get(element), at)));
  }

  public boolean contains(T element) {
    return added.contains(element) && !removed.contains(element);
  }

  /** Whether the element was removed, and so can't be added any more. */
  public boolean isRemoved(T element) {
    return removed.contains(element);
  }

  /** The elements in their natural order, records by their components, enums by name. */
  public List<T> elements() {
    return added.keys().stream().filter(element -> !removed.contains(element)).toList();
  }

  /** For codecs: what was added; of what was removed too, as long as it is not stable. */
  public List<Tagged<T>> added() {
    return Tagged.listOf(added);
  }

  /** For codecs: what was removed. */
  public List<Tagged<T>> removed() {
    return Tagged.listOf(removed);
  }

  /**
   * For codecs: what {@link #added} and {@link #removed} gave.
   *
   * @throws IllegalArgumentException if they are out of order
   */
  public static <T> TwoPhaseSet<T> ofEntries(List<Tagged<T>> added, List<Tagged<T>> removed) {
    return new TwoPhaseSet<>(Tagged.entriesOf(added), Tagged.entriesOf(removed));
  }

  @Override
  public TwoPhaseSet<T> stable(VectorTime stable) {
    var stableRemoved = removed.changeEach(tags -> tags.stable(stable));
    var stableAdded = added.changeEach(tags -> tags.stable(stable));
    for (var element : added.keys()) {
      // Whatever makes a map forget the removal makes it forget this addition as well.
      if (removed.contains(element) && Tags.STABLE.equals(stableAdded.get(element))) {
        stableAdded = stableAdded.with(element, null);
      }
    }
    return of(stableAdded, stableRemoved);
  }

  @Override
  TwoPhaseSet<T> without(EventContext at) {
    return of(
        added.changeEach(tags -> tags.without(at)), removed.changeEach(tags -> tags.without(at)));
  }

  @Override
  TwoPhaseSet<T> forgettable() {
    return this;
  }

  @Override
  boolean isInitial() {
    return added.size() == 0 && removed.size() == 0;
  }

  private TwoPhaseSet<T> of(Entries<T, Tags> newAdded, Entries<T, Tags> newRemoved) {
    return newAdded == added && newRemoved == removed
        ? this
        : new TwoPhaseSet<>(newAdded, newRemoved);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TwoPhaseSet<?> set
        && added.equals(set.added)
        && removed.equals(set.removed);
  }

  @Override
  public int hashCode() {
    return 31 * added.hashCode() + removed.hashCode();
  }

  @Override
  public String toString() {
    return "TwoPhaseSet" + added + " without " + removed;
  }
}
