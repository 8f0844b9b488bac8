package dev.anabranch.operators.command.aggregate;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is pending of one aggregate, in order: rows that are not yet known to be durable, and
 * answers that wait for these; found by command id.
 *
 * <p>Nearly always there are none or a few, and looking through them is fastest. An aggregate that
 * takes half of a lane has hundreds, and gets an index until they are through.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class PendingOutcomes {

  private static final int MAX_SEARCHED = 8;

  private final ArrayDeque<PendingOutcome> inOrder = new ArrayDeque<>(2);

  /** First pending one with each command id and an empty slot; null: there are few. */
  private @Nullable Map<String, PendingOutcome> byId;

  /** Whether several rows with an index have the same command id: one is another region's. */
  private boolean sharedIds;

  boolean isEmpty() {
    return inOrder.isEmpty();
  }

  void add(PendingOutcome command) {
    inOrder.add(command);
    if (byId != null) {
      note(byId, command);
    } else if (inOrder.size() > MAX_SEARCHED) {
      index();
    }
  }

  /** The first one, which must be this one, has become durable, or may be answered. */
  void removeFirst(PendingOutcome expected) {
    var first = inOrder.remove();
    if (first != expected) {
      throw new IllegalStateException("commits of " + expected.aggregate.key() + " out of order");
    }
    forget(first);
  }

  /** One of them turned out to be a repeat of a stored command. */
  void remove(PendingOutcome command) {
    inOrder.remove(command);
    forget(command);
  }

  /** All of them, in order; none is left. */
  List<PendingOutcome> takeAll() {
    var all = List.copyOf(inOrder);
    inOrder.clear();
    dropIndex();
    return all;
  }

  /**
   * Finds what is pending with this command id; null if there is nothing. A commit of another
   * region in a slot of its own is left out: the answer must come from the original of its command.
   */
  @Nullable PendingOutcome find(String commandId) {
    if (byId != null) {
      return byId.get(commandId);
    }
    for (var command : inOrder) {
      if (commandId.equals(command.commandId()) && command.slot().isEmpty()) {
        return command;
      }
    }
    return null;
  }

  private void index() {
    dropIndex();
    var index = new HashMap<String, PendingOutcome>();
    byId = index;
    inOrder.forEach(command -> note(index, command));
  }

  private void dropIndex() {
    byId = null;
    sharedIds = false;
  }

  private void note(Map<String, PendingOutcome> index, PendingOutcome command) {
    var id = command.commandId();
    if (id != null && command.slot().isEmpty() && index.putIfAbsent(id, command) != null) {
      sharedIds = true;
    }
  }

  private void forget(PendingOutcome command) {
    var id = command.commandId();
    if (inOrder.isEmpty()) {
      dropIndex();
    } else if (byId != null && sharedIds) {
      index();
    } else if (byId != null && id != null) {
      byId.remove(id, command);
    }
  }
}
