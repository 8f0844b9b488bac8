package dev.anabranch.operators.command.lane;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of a subtask, by shard.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class Lanes {

  private final @Nullable Lane[] byShard;
  private final Set<Lane> all = new LinkedHashSet<>();
  private final ShardCursors cursors;

  public Lanes(int shardCount) {
    this.byShard = new Lane[shardCount];
    this.cursors = new ShardCursors(shardCount);
  }

  public void add(int shard, Lane lane) {
    byShard[shard] = lane;
    all.add(lane);
  }

  public ShardCursors cursors() {
    return cursors;
  }

  public Lane of(int shard) {
    var lane = byShard[shard];
    if (lane == null) {
      throw new IllegalStateException("shard " + shard + " is not owned by this task");
    }
    return lane;
  }

  public Collection<Lane> all() {
    return all;
  }

  /** The lane's shards, in ascending order. */
  public List<Integer> shardsOf(Lane lane) {
    var shards = new ArrayList<Integer>();
    for (var shard = 0; shard < byShard.length; shard++) {
      if (byShard[shard] == lane) {
        shards.add(shard);
      }
    }
    return shards;
  }

  public int pending() {
    var sum = 0;
    for (var lane : all) {
      sum += lane.pending();
    }
    return sum;
  }

  /** Lanes whose database could not be reached when last tried. */
  public int down() {
    var count = 0;
    for (var lane : all) {
      count += lane.worker().isDown() ? 1 : 0;
    }
    return count;
  }

  /** Those of them of which a person has to know. */
  public int downLong() {
    var count = 0;
    for (var lane : all) {
      count += lane.worker().isDownLong() ? 1 : 0;
    }
    return count;
  }
}
