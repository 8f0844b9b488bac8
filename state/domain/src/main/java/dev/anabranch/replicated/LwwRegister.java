package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A register of which the last write wins: the one with the greatest hybrid logical time, and of
 * equal ones the one with the greatest event id. A write that saw another one has the greater time,
 * whatever the wall clocks say, so an effect always wins over its cause.
 *
 * <p><b>Bounds.</b> One value with its time and origin, kept for ever; and one per other region
 * that wrote concurrently, until that is stable: clearing removes only what its decider had seen,
 * so a loser may yet come out.
 *
 * @param <T> type of the value, immutable
 */
public final class LwwRegister<T> extends Replicated<LwwRegister<T>> {

  private static final LwwRegister<?> EMPTY = new LwwRegister<>(List.of());

  /** By time and event; none comes after another. */
  private final List<Written<T>> writes;

  private LwwRegister(List<Written<T>> writes) {
    this.writes = writes;
  }

  @SuppressWarnings("unchecked") // holds nothing
  public static <T> LwwRegister<T> empty() {
    return (LwwRegister<T>) EMPTY;
  }

  /** Writes a value in place of all that the event's decider had seen. */
  public LwwRegister<T> set(T value, EventContext at) {
    Objects.requireNonNull(value, "a register holds no null; clear it");
    return new LwwRegister<>(Written.set(writes, value, at));
  }

  /** Removes what the event's decider had seen; a value written concurrently stays. */
  public LwwRegister<T> clear(EventContext at) {
    var left = Written.clear(writes, at);
    return left.size() == writes.size() ? this : new LwwRegister<>(left);
  }

  /** The last write; empty: none, or it was cleared. */
  public Optional<T> value() {
    return writes.isEmpty() ? Optional.empty() : Optional.of(writes.get(writes.size() - 1).value());
  }

  /** The writes as {@link #ofWrites} takes them. */
  public List<Written<T>> writes() {
    return writes;
  }

  /**
   * For codecs: what {@link #writes} gave.
   *
   * @throws IllegalArgumentException if they are out of order
   */
  public static <T> LwwRegister<T> ofWrites(List<Written<T>> writes) {
    return new LwwRegister<>(Written.checked(writes));
  }

  @Override
  public LwwRegister<T> stable(VectorTime stable) {
    var seen = false;
    var left = new ArrayDeque<Written<T>>(writes.size());
    for (var i = writes.size() - 1; i >= 0; i--) {
      var event = writes.get(i).event();
      var isStable = Tags.isStable(event, stable);
      // Whatever is yet to come has seen both, and replaces or clears both.
      if (!isStable || !seen) {
        left.addFirst(writes.get(i));
      }
      seen |= isStable;
    }
    return left.size() == writes.size() ? this : new LwwRegister<>(List.copyOf(left));
  }

  @Override
  LwwRegister<T> without(EventContext at) {
    return clear(at);
  }

  @Override
  LwwRegister<T> forgettable() {
    return this;
  }

  @Override
  boolean isInitial() {
    return writes.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LwwRegister<?> register && writes.equals(register.writes);
  }

  @Override
  public int hashCode() {
    return writes.hashCode();
  }

  @Override
  public String toString() {
    return "LwwRegister" + writes;
  }
}
