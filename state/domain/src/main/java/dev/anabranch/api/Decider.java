package dev.anabranch.api;

import dev.anabranch.causality.EventContext;

/**
 * The behaviour of one aggregate type, as two pure functions and a start value.
 *
 * <p><b>Purity.</b> {@link #decide} may use the clock or random numbers: what it decided is stored
 * and never decided again. {@link #evolve} must be a pure function of its arguments: it also runs
 * when the state is rebuilt from stored events, in other processes and in later releases.
 *
 * <p><b>One aggregate.</b> A command sees and changes exactly one aggregate: nothing else is
 * reachable from here.
 *
 * <p><b>Threads.</b> One instance serves many aggregates from several threads: keep no mutable
 * fields.
 *
 * <p>The pattern is Jérémie Chassaing's "Functional Event Sourcing Decider".
 *
 * @param <S> state of the aggregate: an immutable value
 * @param <C> supertype of its commands
 * @param <E> supertype of its events
 */
public interface Decider<S, C, E> {

  /** State of an aggregate that has no event yet. */
  S initialState();

  /**
   * Decides one command on the state that all earlier commands of this aggregate left.
   *
   * <p>An exception makes the command a poison command: it is answered with an error, copied to the
   * dead letters, and the aggregate stays as it was.
   */
  Decision<E> decide(S state, C command, DecisionContext context);

  /** State after the event; must not throw for any event that {@link #decide} ever accepted. */
  S evolve(S state, E event);

  /**
   * Evolves a state that holds replicated data types ({@code dev.anabranch.replicated}): their
   * operations need to know which event they belong to and what its decider had seen. The runtime
   * calls this method only, so such a decider implements its fold here and passes {@code at} on;
   * all others leave it as it is. {@link ReplicatedDecider} asks for this one alone.
   *
   * @param at the same for the same event in every region, whenever it is folded
   */
  default S evolve(S state, E event, EventContext at) {
    return evolve(state, event);
  }
}
