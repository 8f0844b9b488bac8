package dev.anabranch.query;

import dev.anabranch.model.LogPosition;

/**
 * Why a version stands still in a shard: it has applied a row that the event store has lost, or
 * needs one that the store lacks. What the version shows of the shard is not to be trusted.
 *
 * @param position of the row
 * @param clock hybrid logical clock of the row that was applied: the shard goes on by itself once
 *     the store has that row again; or {@link #NEEDED} or {@link #FORKED}
 * @param what for people
 * @param foundAtMicros when it was noticed, since the epoch
 */
public record LostRow(LogPosition position, long clock, String what, long foundAtMicros) {

  /** The row comes next and the store has later ones only: it goes on once the row is there. */
  public static final long NEEDED = 0;

  /** The store has another row there than the one that was applied: only a rebuild helps. */
  public static final long FORKED = -1;
}
