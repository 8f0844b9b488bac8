package dev.anabranch.operators.command;

import dev.anabranch.causality.RegionId;
import dev.anabranch.operators.task.RegionMap;
import java.io.Serializable;
import java.time.Duration;

/**
 * Settings of the command operator; travels with the job graph.
 *
 * @param region this region's name
 * @param regions all regions that replicate to each other, and homes
 * @param shardCount the region's shard count, equal to the job's maximum parallelism
 * @param batching how outcomes are grouped into inserts
 * @param maxCommitBytes limit of one row as the Kafka record that it becomes
 * @param maxCachedAggregates decoded aggregates kept on the heap of one subtask
 * @param maxCachedBytes bytes of their states, as their codecs write them
 * @param commandWindow command ids remembered per aggregate, to answer repeats without a unique-key
 *     clash
 * @param drainTimeout how long a checkpoint waits for a database before it parks that database's
 *     commands
 * @param mayHoldInFlight whether a checkpoint may hold commands on their way to the operator
 *     (unaligned checkpoints): then a start without a checkpoint reads all commands again
 */
public record CommandOperatorOptions(
    String region,
    RegionMap regions,
    int shardCount,
    Batching batching,
    int maxCommitBytes,
    int maxCachedAggregates,
    long maxCachedBytes,
    int commandWindow,
    Duration drainTimeout,
    boolean mayHoldInFlight)
    implements Serializable {

  /** The default of {@link #maxCachedBytes}. */
  public static final long DEFAULT_CACHED_BYTES = 64L << 20;

  /** Makes options with aligned checkpoints, and the default limit of cached bytes. */
  public CommandOperatorOptions(
      String region,
      RegionMap regions,
      int shardCount,
      Batching batching,
      int maxCommitBytes,
      int maxCachedAggregates,
      int commandWindow,
      Duration drainTimeout) {
    this(
        region,
        regions,
        shardCount,
        batching,
        maxCommitBytes,
        maxCachedAggregates,
        DEFAULT_CACHED_BYTES,
        commandWindow,
        drainTimeout,
        false);
  }

  /** Returns these options with another limit of cached bytes. */
  public CommandOperatorOptions withMaxCachedBytes(long bytes) {
    return new CommandOperatorOptions(
        region,
        regions,
        shardCount,
        batching,
        maxCommitBytes,
        maxCachedAggregates,
        bytes,
        commandWindow,
        drainTimeout,
        mayHoldInFlight);
  }

  /** Returns these options for a job whose checkpoints hold commands in flight, or do not. */
  public CommandOperatorOptions mayHoldInFlight(boolean holdsInFlight) {
    return new CommandOperatorOptions(
        region,
        regions,
        shardCount,
        batching,
        maxCommitBytes,
        maxCachedAggregates,
        maxCachedBytes,
        commandWindow,
        drainTimeout,
        holdsInFlight);
  }

  public CommandOperatorOptions {
    RegionId unused = new RegionId(region);
    if (maxCachedAggregates < batching.maxPending()) {
      throw new IllegalArgumentException(
          "the cache of "
              + maxCachedAggregates
              + " aggregates must hold at least the "
              + batching.maxPending()
              + " that may be pending");
    }
  }

  /**
   * How outcomes are grouped.
   *
   * @param lanesPerDatabase connections, each with one insert in flight, per subtask and database
   * @param maxRows rows of one insert
   * @param maxBytes bytes of one insert's rows, as Kafka records
   * @param maxPending commands that one lane has taken in and not answered
   * @param maxPendingBytes bytes of those commands; one more than fits is taken in
   */
  public record Batching(
      int lanesPerDatabase, int maxRows, int maxBytes, int maxPending, long maxPendingBytes)
      implements Serializable {
    public Batching {
      if (lanesPerDatabase < 1
          || maxRows < 1
          || maxBytes < 1
          || maxPending < maxRows
          || maxPendingBytes < 1) {
        throw new IllegalArgumentException(
            "batching needs at least one lane, row and byte, and as many pending commands as rows: "
                + lanesPerDatabase
                + ", "
                + maxRows
                + ", "
                + maxBytes
                + ", "
                + maxPending);
      }
    }
  }
}
