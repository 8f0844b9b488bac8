package dev.anabranch.connectors.mysql.connection;

import java.io.Serializable;
import java.time.Duration;

/**
 * Limits of each connection.
 *
 * @param connectTimeout how long to wait for a server that does not answer at all
 * @param socketTimeout how long to wait for an answer; then the connection counts as lost
 * @param lockWaitTimeout how long the server lets a statement wait for a lock
 * @param maxRowsPerInsert rows in one INSERT; a larger batch takes several in one transaction
 * @param maxRowBytes the largest row that will be appended, all blobs together; the server's {@code
 *     max_allowed_packet} is checked against it when a session is opened
 */
public record SessionSettings(
    Duration connectTimeout,
    Duration socketTimeout,
    Duration lockWaitTimeout,
    int maxRowsPerInsert,
    int maxRowBytes,
    InsertStrategy insertStrategy)
    implements Serializable {

  private static final int MAX_ROWS_PER_INSERT = 2_000;

  public static final SessionSettings DEFAULTS =
      new SessionSettings(
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(5),
          1_000,
          1 << 20,
          InsertStrategy.TEXT);

  public SessionSettings {
    require(!connectTimeout.isNegative() && !connectTimeout.isZero(), "connect timeout > 0");
    require(lockWaitTimeout.toSeconds() >= 1, "lock wait timeout of at least 1 second");
    require(
        socketTimeout.compareTo(lockWaitTimeout) > 0,
        "socket timeout (%s) longer than the lock wait timeout (%s): else a statement that only"
                .formatted(socketTimeout, lockWaitTimeout)
            + " waits for a lock looks like a lost connection");
    require(
        maxRowsPerInsert >= 1 && maxRowsPerInsert <= MAX_ROWS_PER_INSERT,
        "1 to " + MAX_ROWS_PER_INSERT + " rows per insert");
    require(maxRowBytes >= 1, "maximum row bytes > 0");
  }

  public SessionSettings withInsertStrategy(InsertStrategy strategy) {
    return new SessionSettings(
        connectTimeout, socketTimeout, lockWaitTimeout, maxRowsPerInsert, maxRowBytes, strategy);
  }

  public SessionSettings withTimeouts(Duration connect, Duration socket, Duration lockWait) {
    return new SessionSettings(
        connect, socket, lockWait, maxRowsPerInsert, maxRowBytes, insertStrategy);
  }

  public SessionSettings withMaxRowBytes(int bytes) {
    return new SessionSettings(
        connectTimeout, socketTimeout, lockWaitTimeout, maxRowsPerInsert, bytes, insertStrategy);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("the event store needs " + what);
    }
  }
}
