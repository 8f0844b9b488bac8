package dev.anabranch.operators.replication;

import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.ConflictStatus;
import java.util.HashSet;
import java.util.Set;

/**
 * The aggregates of this subtask that have an open conflict.
 *
 * <p><b>Threads.</b> Changed by the task's thread; metrics read the count.
 */
final class OpenConflicts {

  private final Set<String> open = new HashSet<>();
  private volatile int count;

  int count() {
    return count;
  }

  void restored(String aggregate) {
    open.add(aggregate);
    count = open.size();
  }

  void note(ConflictRecord conflict) {
    if (conflict.status() == ConflictStatus.VOIDED
        || conflict.status() == ConflictStatus.RESTORED) {
      return;
    }
    if (conflict.status().isOpen()) {
      open.add(conflict.aggregate().toString());
    } else {
      open.remove(conflict.aggregate().toString());
    }
    count = open.size();
  }
}
