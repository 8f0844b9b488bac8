package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Elements with quantities. Quantities that were added anywhere add up; a removal takes back what
 * its decider had seen of an element, so a quantity that was added concurrently stays.
 *
 * <p><b>Bounds.</b> Per element one sum of what is stable, and one quantity per addition that is
 * not: additions pile up while a region is silent.
 *
 * @param <T> type of the elements: immutable; text, a number, an enum, a record of such, or {@code
 *     Comparable}
 */
public final class OrCart<T> extends Replicated<OrCart<T>> {

  private static final OrCart<?> EMPTY = new OrCart<>(Entries.empty());

  private final Entries<T, Amounts> lines;

  private OrCart(Entries<T, Amounts> lines) {
    this.lines = lines;
  }

  @SuppressWarnings("unchecked") // holds nothing
  public static <T> OrCart<T> empty() {
    return (OrCart<T>) EMPTY;
  }

  /**
   * Adds to the element's quantity.
   *
   * @throws IllegalArgumentException if the quantity is not positive; reject the command in {@code
   *     decide}
   */
  public OrCart<T> add(T element, long quantity, EventContext at) {
    Objects.requireNonNull(element, "a cart holds no null");
    if (quantity <= 0) {
      throw new IllegalArgumentException(
          "quantity of '"
              + element
              + "' must be positive, is "
              + quantity
              + "; reject the command");
    }
    var amounts = lines.get(element);
    return of(
        lines.with(element, (amounts == null ? Amounts.NONE : amounts).with(at.id(), quantity)));
  }

  /**
   * Takes the element out as far as the event's decider had seen it added. Of an element that is
   * not in the cart there is nothing to remove: in {@code decide}, ask {@link #contains} and leave
   * the event out.
   */
  public OrCart<T> remove(T element, EventContext at) {
    var amounts = lines.get(element);
    return amounts == null ? this : of(lines.with(element, without(amounts, at)));
  }

  /** Takes everything out as far as the event's decider had seen it added. */
  public OrCart<T> clear(EventContext at) {
    return of(lines.changeEach(amounts -> without(amounts, at)));
  }

  /**
   * How many there are of the element; 0: none.
   *
   * @throws ArithmeticException if the quantities of all regions together exceed a long
   */
  public long quantity(T element) {
    var amounts = lines.get(element);
    return amounts == null ? 0 : Total.exact(amounts.sum());
  }

  public boolean contains(T element) {
    return lines.contains(element);
  }

  /** The elements in their natural order, records by their components, enums by name. */
  public List<T> elements() {
    return lines.keys();
  }

  /**
   * All elements with their quantities, in order of the elements.
   *
   * @throws ArithmeticException if the quantities of an element together exceed a long
   */
  public Map<T, Long> quantities() {
    var quantities = new LinkedHashMap<T, Long>();
    for (var i = 0; i < lines.size(); i++) {
      quantities.put(lines.keyAt(i), Total.exact(lines.valueAt(i).sum()));
    }
    return Collections.unmodifiableMap(quantities);
  }

  public boolean isEmpty() {
    return lines.size() == 0;
  }

  /** For codecs. */
  public List<Line<T>> lines() {
    return lines.entries(Line::new);
  }

  /**
   * For codecs: what {@link #lines} gave.
   *
   * @throws IllegalArgumentException if they are out of order or a quantity is not positive
   */
  public static <T> OrCart<T> ofLines(List<Line<T>> lines) {
    for (var line : lines) {
      if (!line.amounts().arePositive()) {
        throw new IllegalArgumentException(
            "'" + line.element() + "' has no positive quantity; leave it out");
      }
    }
    return new OrCart<>(
        Entries.ofSorted(
            lines.stream().map(Line::element).toList(),
            lines.stream().map(Line::amounts).toList()));
  }

  @Override
  public OrCart<T> stable(VectorTime stable) {
    return of(lines.changeEach(amounts -> amounts.stable(stable)));
  }

  @Override
  OrCart<T> without(EventContext at) {
    return clear(at);
  }

  @Override
  OrCart<T> forgettable() {
    return this;
  }

  @Override
  boolean isInitial() {
    return isEmpty();
  }

  private static @Nullable Amounts without(Amounts amounts, EventContext at) {
    var left = amounts.without(at);
    return left.isEmpty() ? null : left;
  }

  private OrCart<T> of(Entries<T, Amounts> changed) {
    return changed == lines ? this : new OrCart<>(changed);
  }

  /** An element and the quantities that were added. For codecs. */
  public record Line<T>(T element, Amounts amounts) {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OrCart<?> cart && lines.equals(cart.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  @Override
  public String toString() {
    return "OrCart" + lines;
  }
}
