package dev.anabranch.wire.blob;

import dev.anabranch.api.AggregateType;
import dev.anabranch.causality.EventContext;
import dev.anabranch.model.Outcome;

/** Folds stored commits by the steps of every reader: decode, upcast, evolve. */
public final class CommitFold {

  /** Begin of the type names of events that are ours, not the application's. */
  public static final String RESERVED = "$";

  private CommitFold() {}

  /**
   * The state after a stored commit.
   *
   * @throws WireFormatException if a blob is malformed, or the row has no dot and so is no commit
   * @throws dev.anabranch.api.CodecException if the type can't read an event
   */
  public static <S, E> S apply(AggregateType<S, ?, E> type, S before, Outcome commit) {
    return apply(type, before, contextOf(commit), commit.blobs().events());
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

  /**
   * Returns the context of the first event of a stored commit. The causality is decoded only if a
   * type asks for it, since few do.
   */
  public static EventContext contextOf(Outcome commit) {
    var dot = commit.dot();
    if (dot == null) {
      throw new WireFormatException("a " + commit.kind() + " row without a dot can't be folded");
    }
    var causality = commit.blobs().causality();
    return EventContext.of(
        dot, () -> CausalityBlob.decode(causality).context(), commit.stamp().hlc());
  }
}
