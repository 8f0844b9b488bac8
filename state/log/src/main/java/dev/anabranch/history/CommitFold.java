package dev.anabranch.history;

import dev.anabranch.api.AggregateType;
import dev.anabranch.causality.EventContext;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.WireFormatException;

/** Folds stored commits by the steps of every reader: decode, upcast, evolve. */
public final class CommitFold {

  /** Begin of the type names of events that are ours, not the application's. */
  public static final String RESERVED = "$";

  private CommitFold() {}

  /**
   * The state after a commit.
   *
   * @throws WireFormatException if the events are malformed
   * @throws dev.anabranch.api.CodecException if the type can't read an event
   */
  public static <S, E> S apply(AggregateType<S, ?, E> type, S before, Commit commit) {
    return apply(type, before, commit.eventContext(), commit.events());
  }

  /**
   * The state after a stored commit of which only this is at hand.
   *
   * @param at of the commit's first event
   * @param events as stored; those that are ours, such as a resolution, change no state
   * @throws WireFormatException if the events are malformed
   * @throws dev.anabranch.api.CodecException if the type can't read an event
   */
  public static <S, E> S apply(
      AggregateType<S, ?, E> type, S before, EventContext at, byte[] events) {
    var stored = EventsBlob.decode(events);
    var state = before;
    for (var index = 0; index < stored.size(); index++) {
      if (stored.get(index).type().startsWith(RESERVED)) {
        continue;
      }
      var current = type.decodeEvent(stored.get(index));
      for (var part = 0; part < current.size(); part++) {
        state = type.decider().evolve(state, current.get(part), at.event(index, part));
      }
    }
    return state;
  }
}
