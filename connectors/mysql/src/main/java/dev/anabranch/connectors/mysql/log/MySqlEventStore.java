package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.ConnectionTag;
import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SessionStart;
import dev.anabranch.connectors.mysql.connection.StatementLimits;
import dev.anabranch.connectors.mysql.schema.LayoutCheck;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A region's log in its databases.
 *
 * <p><b>Sessions.</b> Each connection is checked before it is handed out: the same store, the same
 * shards, tables of this release, a writable server, exact bytes. It is tagged ({@link
 * ConnectionTag}), so that {@link #reopen} can make sure that it is gone.
 */
final class MySqlEventStore implements EventStore {

  private static final Duration MAX_WAIT_FOR_LOST = Duration.ofSeconds(10);

  private final StoreLayout layout;
  private final LayoutCheck check;
  private final List<DatabaseConnector> databases;
  private final Set<MySqlLogSession> sessions = ConcurrentHashMap.newKeySet();

  MySqlEventStore(StoreLayout layout, LayoutCheck check, List<DatabaseConnector> databases) {
    this.layout = layout;
    this.check = check;
    this.databases = databases;
  }

  @Override
  public StoreLayout layout() {
    return layout;
  }

  @Override
  public LogSession open(int database) {
    return open(databases.get(database), null);
  }

  @Override
  public LogSession reopen(int database, LogSession lost) {
    if (!(lost instanceof MySqlLogSession session)) {
      throw new IllegalArgumentException("not a session of this store: " + lost.getClass());
    }
    session.close();
    return open(databases.get(database), session.tag());
  }

  @Override
  public void close() {
    sessions.forEach(LogSession::close);
  }

  private LogSession open(DatabaseConnector database, @Nullable ConnectionTag lost) {
    try {
      var connection = database.connect();
      var opened = false;
      try {
        if (lost != null) {
          lost.awaitGone(connection, waitForLost(database), database.where());
        }
        var meta = check.requireReady(database, connection);
        LayoutCheck.requireSameStore(
            database.where(), meta, "the region's other databases", layout.storeId());
        var session = start(database, connection, SessionStart.check(database, connection));
        sessions.add(session);
        opened = true;
        return session;
      } finally {
        if (!opened) {
          DatabaseConnector.closeQuietly(connection);
        }
      }
    } catch (SQLException e) {
      throw database.failure("open a session on", e);
    }
  }

  private MySqlLogSession start(
      DatabaseConnector database, Connection connection, SessionStart.Limits limits)
      throws SQLException {
    var tag = new ConnectionTag();
    tag.attach(connection);
    var statementLimits = StatementLimits.of(database.settings(), limits.maxAllowedPacket());
    return new MySqlLogSession(database, connection, tag, statementLimits, sessions::remove);
  }

  /** Shorter than the new connection's own patience. */
  private static Duration waitForLost(DatabaseConnector database) {
    var half = database.settings().socketTimeout().dividedBy(2);
    return half.compareTo(MAX_WAIT_FOR_LOST) < 0 ? half : MAX_WAIT_FOR_LOST;
  }
}
