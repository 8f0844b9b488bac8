package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.VectorTime;

/**
 * A value that several regions change at once by operations that commute.
 *
 * <p><b>Use.</b> A decider's state is a record of such values, and its {@code evolve} calls their
 * operations with the {@code EventContext} that it got. What is asked of a state in {@code decide}
 * ({@code contains}, {@code value}, ...) is what this region knows; concurrent changes come later.
 *
 * <p><b>Convergence.</b> Operations applied in any two orders that respect causality give equal
 * values with equal bytes, as long as each is applied once; the replication gate sees to both.
 *
 * <p><b>Seen.</b> A removal, like a write to a register, concerns what its decider had seen: the
 * commits in the context that its event is stored with. So an event says what is removed ("the
 * apples"), and everywhere it removes the same additions.
 *
 * <p><b>Threads.</b> Immutable.
 *
 * @param <S> the type itself
 */
public abstract sealed class Replicated<S extends Replicated<S>>
    permits GrowCounter, PnCounter, LwwRegister, MvRegister, OrSet, TwoPhaseSet, OrCart, OrMap {

  Replicated() {}

  /**
   * Returns the value without the metadata that only a commit concurrent with a stable one could
   * need: no such commit can come. No query answers differently, and none will.
   *
   * @param stable per origin, up to which commit of the aggregate every region has applied them all
   *     and is known to have; commits up to it must have been applied here
   */
  public abstract S stable(VectorTime stable);

  /** Without the effects of all events that this one comes after. Only of what is in a map. */
  abstract S without(EventContext at);

  /** The value in the form that can forget events again, which values of a map must. */
  abstract S forgettable();

  /** Whether no event has left anything. */
  abstract boolean isInitial();
}
