package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A register that keeps all values that were written concurrently, so that a person or a later
 * write can decide. A write replaces what its decider had seen.
 *
 * <p><b>Bounds.</b> At most one value per region.
 *
 * @param <T> type of the values, immutable
 */
public final class MvRegister<T> extends Replicated<MvRegister<T>> {

  private static final MvRegister<?> EMPTY = new MvRegister<>(List.of());

  /** By time and event; none comes after another. */
  private final List<Written<T>> writes;

  private MvRegister(List<Written<T>> writes) {
    this.writes = writes;
  }

  @SuppressWarnings("unchecked") // holds nothing
  public static <T> MvRegister<T> empty() {
    return (MvRegister<T>) EMPTY;
  }

  /** Writes a value in place of all that the event's decider had seen. */
  public MvRegister<T> set(T value, EventContext at) {
    Objects.requireNonNull(value, "a register holds no null; clear it");
    return new MvRegister<>(Written.set(writes, value, at));
  }

  /** Removes what the event's decider had seen; a value written concurrently stays. */
  public MvRegister<T> clear(EventContext at) {
    var left = Written.clear(writes, at);
    return left.size() == writes.size() ? this : new MvRegister<>(left);
  }

  /** The values that no write has seen yet, by time and event, equal ones once; often one. */
  public List<T> values() {
    return writes.stream().map(Written::value).distinct().toList();
  }

  /** Whether concurrent writes left more than one value. */
  public boolean isConflicting() {
    return values().size() > 1;
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
  public static <T> MvRegister<T> ofWrites(List<Written<T>> writes) {
    return new MvRegister<>(Written.checked(writes));
  }

  /** The register itself: it keeps no more than it shows, and whose values they are. */
  @Override
  public MvRegister<T> stable(VectorTime stable) {
    return this;
  }

  @Override
  MvRegister<T> without(EventContext at) {
    return clear(at);
  }

  @Override
  MvRegister<T> forgettable() {
    return this;
  }

  @Override
  boolean isInitial() {
    return writes.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MvRegister<?> register && writes.equals(register.writes);
  }

  @Override
  public int hashCode() {
    return writes.hashCode();
  }

  @Override
  public String toString() {
    return "MvRegister" + writes;
  }
}
