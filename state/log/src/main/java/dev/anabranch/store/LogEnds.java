package dev.anabranch.store;

import java.io.Serializable;
import java.util.Map;

/**
 * Where the published log of a region ends, perhaps behind a link that fails; travels with jobs.
 */
public interface LogEnds extends Serializable {

  /** Connects when it is first asked. */
  Session open();

  /**
   * A connection. All calls block.
   *
   * <p><b>Threads.</b> One thread at a time; {@link #close} may be called by another one.
   */
  interface Session extends AutoCloseable {

    /**
     * The position after the last record, by partition.
     *
     * @throws IllegalStateException if the region does not answer within some seconds
     */
    Map<Integer, Long> ends();

    /**
     * How many partitions the log has beyond those that are read; less than 0: so many that are
     * read are not there.
     *
     * @throws IllegalStateException if the region does not answer within some seconds
     */
    default int partitionsNotRead() {
      return 0;
    }

    @Override
    void close();
  }
}
