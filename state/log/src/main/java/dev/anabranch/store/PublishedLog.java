package dev.anabranch.store;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a region's own events topic proves to be committed, for a start that compares it with the
 * store; travels with jobs.
 *
 * <p>Rows are published after they are durable. So a database that lacks a row of the topic has
 * lost it.
 */
public interface PublishedLog extends Serializable {

  /** No topic: nothing is proved. */
  PublishedLog NONE = () -> new NothingPublished();

  /** Connects when it is first asked. */
  Session open();

  /**
   * A connection. All calls block, for a bounded time.
   *
   * <p><b>Threads.</b> Several threads, one after the other.
   */
  interface Session extends AutoCloseable {

    /**
     * Where the partitions end. Each record before was durable in its database before this call.
     *
     * @return empty if the topic can't be asked now
     */
    Map<Integer, LogBookmark> ends(Collection<Integer> partitions);

    /**
     * Reads partitions to their end and tells the last row of each shard.
     *
     * @param from by partition, where to begin; null: nobody knows, so a piece of its end is read
     * @param forgotten losses that were accepted: their rows prove nothing any more
     * @throws InterruptedException if the thread was interrupted
     */
    Found read(Map<Integer, @Nullable LogBookmark> from, List<AcceptedLoss> forgotten)
        throws InterruptedException;

    @Override
    void close();
  }

  /**
   * What the topic shows.
   *
   * @param heads by shard, the published row with the highest offset
   * @param unchecked by partition, why rows of it could not be looked at; empty: all were
   * @param records that were read
   */
  record Found(Map<Integer, ShardHead> heads, Map<Integer, String> unchecked, long records) {}
}
