package dev.anabranch.operators.projection.version;

/** What a version's lanes count. */
public interface ProjectionCounts {

  /**
   * A batch of rows from Kafka was committed.
   *
   * @param rows of the log
   * @param changed rows of tables
   */
  void applied(int rows, int changed, long nanos);

  /** Rows that were read from the event store were committed. */
  void caughtUp(long rows);

  /** A row came again. */
  void repeated();

  /** A row came again, and was another one than before. */
  void differs();

  /** A row came too early. */
  void gap();

  /** A partition of views goes on at another place than the one that was stored. */
  void moved(ViewPlace place);
}
