package dev.anabranch.replicated;

import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.EventId;
import dev.anabranch.causality.VectorTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why something is there: the events that put it there and that no later one of them has seen, in
 * order. None left to name: all of them are stable, and every event to come has seen them.
 */
final class Tags {

  static final Tags STABLE = new Tags(List.of());

  private final List<EventId> ids;

  private Tags(List<EventId> ids) {
    this.ids = ids;
  }

  /**
   * The tags as they are stored.
   *
   * @throws IllegalArgumentException if they are out of order
   */
  static Tags ofSorted(List<EventId> ids) {
    for (var i = 1; i < ids.size(); i++) {
      if (ids.get(i - 1).compareTo(ids.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "event " + ids.get(i) + " must not follow " + ids.get(i - 1) + ": each once, in order");
      }
    }
    return ids.isEmpty() ? STABLE : new Tags(List.copyOf(ids));
  }

  List<EventId> ids() {
    return ids;
  }

  /** Adds the event in place of those that it comes after: whoever has seen it has seen them. */
  static Tags add(@Nullable Tags tags, EventContext at) {
    var result = new ArrayList<EventId>();
    if (tags != null) {
      for (var id : tags.ids) {
        if (!at.covers(id)) {
          result.add(id);
        }
      }
    }
    result.add(at.id());
    result.sort(null);
    return new Tags(List.copyOf(result));
  }

  /** Without those that the event comes after; null: none is left. */
  @Nullable Tags without(EventContext at) {
    var left = ids.stream().filter(id -> !at.covers(id)).toList();
    if (left.isEmpty()) {
      return null;
    }
    return left.size() == ids.size() ? this : new Tags(left);
  }

  /** Without those that every event to come has seen. */
  Tags stable(VectorTime stable) {
    var left = ids.stream().filter(id -> !isStable(id, stable)).toList();
    if (left.size() == ids.size()) {
      return this;
    }
    return left.isEmpty() ? STABLE : new Tags(left);
  }

  static boolean isStable(EventId id, VectorTime stable) {
    return id.commit().n() <= stable.get(id.origin());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tags tags && ids.equals(tags.ids);
  }

  @Override
  public int hashCode() {
    return ids.hashCode();
  }

  @Override
  public String toString() {
    return ids.toString();
  }
}
