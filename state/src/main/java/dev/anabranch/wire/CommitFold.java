package dev.anabranch.wire;

import dev.anabranch.api.AggregateType;
import dev.anabranch.causality.EventContext;
import dev.anabranch.model.Outcome;

/** Folds stored commits by the steps of every reader: decode, upcast, evolve. */
public final class CommitFold {

  private CommitFold() {}

  /**
   * The state after a stored commit.
   *
   * @throws WireFormatException if a blob is malformed, or the row has no dot and so is no commit
   * @throws dev.anabranch.api.CodecException if the type can't read an event
   */
  public static <S, E> S apply(AggregateType<S, ?, E> type, S before, Outcome commit) {
    var at = contextOf(commit);
    var stored = EventsBlob.decode(commit.blobs().events());
    var state = before;
    for (var index = 0; index < stored.size(); index++) {
      var events = type.decodeEvent(stored.get(index));
      for (var part = 0; part < events.size(); part++) {
        state = type.decider().evolve(state, events.get(part), at.event(index, part));
      }
    }
    return state;
  }

  /**
   * Of the first event of a stored commit. The causality is decoded only if it is asked for, since
   * few types look at it.
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
