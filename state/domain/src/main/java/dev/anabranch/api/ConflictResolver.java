package dev.anabranch.api;

import java.util.List;

/**
 * Makes one state of the branches of an aggregate, which grew apart in several regions.
 *
 * <p><b>Purity.</b> Every region runs it by itself and must come to the same bytes: no clock, no
 * random number, no locale, nothing remembered. What it throws, or two different answers to one
 * question, are reported and leave the aggregate an open conflict; all others go on.
 *
 * <p><b>Id.</b> Stored with each commit that was decided on a state of its making, and used to fold
 * that commit for ever after. A resolver that answers differently needs a new id, and the old one
 * stays registered.
 *
 * @param <S> state
 */
public interface ConflictResolver<S> {

  /** 1 to 64 characters, e.g. {@code order-merge-2}. */
  String id();

  /**
   * The state that stands for all of them.
   *
   * @param live two or more, in (hlc, dot) order: the last is the latest
   * @param base the state that all of them grew from; the initial state if they share nothing
   */
  S resolve(List<LiveVersion<S>> live, S base);
}
