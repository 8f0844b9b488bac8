package dev.anabranch.operators.command.lane;

import dev.anabranch.store.LogSession;
import java.util.Set;

/**
 * The shards of a subtask that have commands that the last completed checkpoint holds undecided.
 *
 * @param first lowest shard that the subtask owns
 * @param last highest one; a subtask's shards are contiguous
 */
public record ParkedShards(int first, int last, Set<Integer> parked) {

  public ParkedShards {
    parked = Set.copyOf(parked);
  }

  void recordIn(LogSession session) {
    session.recordParked(first, last, parked);
  }
}
