package dev.anabranch.operators.replication;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ReplicaHead.Merging;
import dev.anabranch.operators.replication.replica.TypeMerge;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which aggregates have to be made anew from the own store.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
final class ReadAgain {

  /** Aggregates with a problem that this attempt has tried to mend. */
  private final Set<AggregateKey> mended = new HashSet<>();

  /**
   * Whether what is kept was made under another policy, or a problem may have been mended. A single
   * home and replicated data types are both folded; only of the latter is noted what was heard.
   */
  boolean isNeeded(AggregateKey key, @Nullable TypeMerge<?> type, ReplicaHead head) {
    if (type == null || head.merging() == Merging.FILLING) {
      return false;
    }
    if (!head.problem().isEmpty() && mended.add(key)) {
      return true; // Once per start: the release may have changed.
    }
    if (head.merging() != Merging.FOLD) {
      // A single home keeps the graph of a fork.
      return head.merging() == Merging.RELAY || type.commutes();
    }
    return type.merging() == Merging.GRAPH
        || (head.position() > 0 && type.commutes() == head.heard().isNone());
  }
}
