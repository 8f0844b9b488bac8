package dev.anabranch.operators.command.lane;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.command.aggregate.PendingCommand;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.AppendResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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
  private final TaskThreads threads;
  private BiConsumer<Lane, Appended> onAppend = (lane, appended) -> {};
  private Consumer<Lane> beforeSend = lane -> {};
  private Consumer<PendingCommand> onRelease = answer -> {};

  public Lanes(int shardCount, TaskThreads threads) {
    this.threads = threads;
    this.byShard = new Lane[shardCount];
    this.cursors = new ShardCursors(shardCount);
  }

  public void add(int shard, Lane lane) {
    byShard[shard] = lane;
    all.add(lane);
  }

  /** Who hears of every append that ended; set once, before the first one. */
  public void onAppend(BiConsumer<Lane, Appended> listener) {
    onAppend = listener;
  }

  /** Who moves a lane's answers without a row on; set once. */
  public void beforeSend(Consumer<Lane> listener) {
    beforeSend = listener;
  }

  /** Who gives an answer without a row whose state has become real; set once. */
  public void onRelease(Consumer<PendingCommand> listener) {
    onRelease = listener;
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

  /** Sends the lane's next insert if its connection is idle. */
  public void trySend(Lane lane) {
    lane.release();
    for (var answer = lane.pollReleased(); answer != null; answer = lane.pollReleased()) {
      onRelease.accept(answer);
    }
    beforeSend.accept(lane);
    sendNext(lane);
  }

  /** Sends the lane's next insert while the task has not yet heard of all rows of the last one. */
  public void sendNext(Lane lane) {
    var rows = lane.nextInsert();
    if (rows != null) {
      var sentNanos = threads.nanoTime();
      lane.worker()
          .submit(
              new LaneRequest.Append(
                  rows,
                  result ->
                      onAppend.accept(
                          lane, new Appended(rows, result, threads.nanoTime() - sentNanos))));
    }
  }

  /** An append that ended, and how. */
  public record Appended(List<LogRow> rows, AppendResult result, long nanos) {}
}
