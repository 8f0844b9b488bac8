package dev.anabranch.api;

import dev.anabranch.causality.EventContext;

/**
 * A {@link Decider} whose state is made of replicated data types.
 *
 * @param <S> state of the aggregate: a record of replicated data types
 * @param <C> supertype of its commands
 * @param <E> supertype of its events
 */
public interface ReplicatedDecider<S, C, E> extends Decider<S, C, E> {

  /**
   * State after the event. Concurrent events arrive in different orders in different regions, and
   * the states must become equal all the same: change the state by operations of its replicated
   * types only, and let what is done depend on the event, not on what the state happens to hold.
   */
  @Override
  S evolve(S state, E event, EventContext at);

  /**
   * Not for this kind of decider.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  default S evolve(S state, E event) {
    throw new UnsupportedOperationException(
        "replicated data types need the context of their events; call evolve(state, event, at)");
  }
}
