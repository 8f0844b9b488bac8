package dev.anabranch.replicated;

import dev.anabranch.causality.EventId;
import java.util.List;

/**
 * An element and the events that put it there. For codecs.
 *
 * @param events in order, those that are not stable; none: all are
 */
public record Tagged<T>(T element, List<EventId> events) {

  static <T> List<Tagged<T>> listOf(Entries<T, Tags> entries) {
    return entries.entries((element, tags) -> new Tagged<>(element, tags.ids()));
  }

  static <T> Entries<T, Tags> entriesOf(List<Tagged<T>> list) {
    return Entries.ofSorted(
        list.stream().map(Tagged::element).toList(),
        list.stream().map(tagged -> Tags.ofSorted(tagged.events)).toList());
  }
}
