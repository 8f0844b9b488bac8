package dev.anabranch.operators.projection;

import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;

/**
 * Settings of the projection operator; travels with the job graph.
 *
 * @param shardCount the region's shard count, equal to the job's maximum parallelism
 * @param lanes connections, each with one batch in flight, per subtask and version
 * @param maxBatchRows rows of the log that one transaction applies
 * @param maxPendingRows rows that a lane has taken in and not applied; beyond it the job stops
 *     reading
 * @param catchUpRows rows that one transaction applies when they are read from the event store
 * @param rebuildRowsPerSecond for all subtasks together, of a version that is not live yet; 0: as
 *     fast as it goes
 * @param maxParked parked rows that one subtask keeps for a version
 * @param watchInterval how often to look for new versions, for requests, and for the log's end
 * @param takeOverAfter how long a version that another job fills may stand still, though there is
 *     something to take, before this one takes it back
 */
public record ProjectionOperatorOptions(
    int shardCount,
    int lanes,
    int maxBatchRows,
    int maxPendingRows,
    int catchUpRows,
    int rebuildRowsPerSecond,
    int maxParked,
    Duration watchInterval,
    Duration takeOverAfter)
    implements Serializable {

  public ProjectionOperatorOptions {
    if (maxPendingRows < maxBatchRows) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d pending rows must be at least as many as a batch has, %d",
              maxPendingRows,
              maxBatchRows));
    }
  }
}
