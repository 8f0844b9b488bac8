package dev.anabranch.query;

/**
 * The database in which a region's projections keep their tables, their positions and their parked
 * rows.
 *
 * <p><b>Threads.</b> Safe for use by several threads; each {@link QuerySession} belongs to one.
 */
public interface QueryDatabase extends AutoCloseable {

  /**
   * Opens a session.
   *
   * @throws dev.anabranch.store.StoreUnavailableException if it can't be reached now
   * @throws dev.anabranch.store.StoreLayoutException if it is not the region's query database
   */
  QuerySession open();

  /** Opens a session in place of one that was lost, and makes sure that the lost one is gone. */
  QuerySession reopen(QuerySession lost);

  @Override
  void close();
}
