package dev.anabranch.query;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The views of a region's aggregates in the order in which they came to be, in partitions: all of
 * an aggregate in one. An aggregate's latest view is always there; earlier ones may be gone, so
 * offsets have holes. Travels with the job graph.
 *
 * <p><b>Failure.</b> Calls wait for as long as their timeouts say, then throw {@link
 * dev.anabranch.store.StoreUnavailableException} if what is not reachable comes back by itself;
 * they may be repeated. Any other exception says what a person must mend.
 *
 * <p><b>Threads.</b> Safe for use by several; each {@link Reading} belongs to one.
 */
public interface ViewLog extends Serializable {

  /**
   * What the topic is now.
   *
   * @param id which another topic of the same name does not have; empty: it is not known
   * @param partitions they are numbered from 0 to one less than this
   */
  record Topic(String id, int partitions) {}

  /** No epoch of a leader is known. */
  int NO_EPOCH = -1;

  /**
   * What a partition has now.
   *
   * @param start offset of the first record
   * @param end offset behind the last record
   * @param leaderEpoch no leader of a later epoch took any of the records before the end; {@link
   *     #NO_EPOCH}: not known
   */
  record Range(long start, long end, int leaderEpoch) {
    public Range(long start, long end) {
      this(start, end, NO_EPOCH);
    }
  }

  /**
   * What the records are that were read of a partition.
   *
   * @param topic id of the topic; empty: not known
   * @param leaderEpoch no leader of a later epoch took any of them; {@link #NO_EPOCH}: not known
   */
  record Origin(String topic, int leaderEpoch) {
    public static final Origin UNKNOWN = new Origin("", NO_EPOCH);
  }

  /**
   * Where the reading of a partition is.
   *
   * @param origin of the records before it
   */
  record Position(Origin origin, long offset) {
    public Position(String topic, long offset) {
      this(new Origin(topic, NO_EPOCH), offset);
    }
  }

  /** What the topic is now. */
  Topic topic();

  /** What each of these partitions has. */
  Map<Integer, Range> ranges(Collection<Integer> partitions);

  /** The offset behind the last record of each of these partitions. */
  default Map<Integer, Long> ends(Collection<Integer> partitions) {
    var ends = new HashMap<Integer, Long>();
    ranges(partitions).forEach((partition, range) -> ends.put(partition, range.end()));
    return ends;
  }

  /**
   * Begins to read.
   *
   * @param from where by partition; what is no longer there is passed over. A position whose epoch
   *     is known is gone if the records before it are others now
   * @param maxRecords of one page
   */
  Reading read(Map<Integer, Position> from, int maxRecords);

  /** One record; empty if it is no longer there, since the aggregate has a later view. */
  Optional<ViewRecord> find(int partition, long offset);

  /** A reader's place. */
  interface Reading extends AutoCloseable {

    /**
     * The next records of any partitions, each partition's in order; none if none came in a moment.
     *
     * @throws InterruptedException if the thread is interrupted
     * @throws PositionGoneException if there is nothing to read at some place
     */
    List<ViewRecord> next() throws InterruptedException;

    /** {@link ViewLog#ends} of the partitions that are read, without another connection. */
    Map<Integer, Long> ends();

    /** {@link ViewLog#topic}, without another connection each time. */
    Topic topic();

    @Override
    void close();
  }
}
