package dev.anabranch.store;

/**
 * A region's event log: a fixed number of shards, spread over physical databases.
 *
 * <p><b>Threads.</b> Safe for use by several threads; each {@link LogSession} belongs to one.
 */
public interface EventStore extends AutoCloseable {

  /** What is stored about the region itself, checked when the store was opened. */
  StoreLayout layout();

  /**
   * Opens a session on one of the layout's databases.
   *
   * @param database index into {@link StoreLayout#databases}
   * @throws StoreUnavailableException if the database can't be reached now; try again later
   * @throws StoreLayoutException if it is not the database that the layout was read from
   */
  LogSession open(int database);

  /**
   * Opens a session for somebody who reads only.
   *
   * @throws StoreUnavailableException as {@link #open}
   */
  default StoredLog read(int database) {
    return open(database);
  }

  /**
   * Opens a session in place of one that was lost, and makes sure that the lost one is gone:
   * nothing that it sent can take effect after this method returns.
   *
   * @throws StoreUnavailableException as {@link #open}
   */
  LogSession reopen(int database, LogSession lost);

  @Override
  void close();
}
