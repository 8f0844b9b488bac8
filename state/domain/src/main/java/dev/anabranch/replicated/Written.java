package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.EventId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A value that an event wrote into a register, and when. For codecs.
 *
 * @param hlc hybrid logical time of the event's commit
 */
public record Written<T>(EventId event, long hlc, T value) {

  /** A cause before its effect, and one order everywhere for what is concurrent. */
  static final Comparator<Written<?>> ORDER =
      Comparator.<Written<?>>comparingLong(Written::hlc).thenComparing(Written::event);

  /** In place of those that the event comes after. */
  static <T> List<Written<T>> set(List<Written<T>> writes, T value, EventContext at) {
    var result = new ArrayList<Written<T>>(clear(writes, at));
    result.add(new Written<>(at.id(), at.hlc(), value));
    result.sort(ORDER);
    return List.copyOf(result);
  }

  /** Without those that the event comes after. */
  static <T> List<Written<T>> clear(List<Written<T>> writes, EventContext at) {
    return writes.stream().filter(written -> !at.covers(written.event)).toList();
  }

  /**
   * Checks what was stored.
   *
   * @throws IllegalArgumentException if the writes are out of order
   */
  static <T> List<Written<T>> checked(List<Written<T>> writes) {
    for (var i = 1; i < writes.size(); i++) {
      if (ORDER.compare(writes.get(i - 1), writes.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "the value of event "
                + writes.get(i).event
                + " must not follow that of "
                + writes.get(i - 1).event
                + ": each once, by time and event");
      }
    }
    return List.copyOf(writes);
  }
}
