package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.ConnectionTag;
import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SessionStart;
import dev.anabranch.connectors.mysql.connection.StatementLimits;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QuerySession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The query database of a region on one MySQL or MariaDB schema. */
public final class MySqlQueryDatabase implements QueryDatabase {

  private static final Duration MAX_WAIT_FOR_LOST = Duration.ofSeconds(5);

  private final QueryConfig config;
  private final QueryOwner owner;
  private final DatabaseConnector database;
  private final Set<MySqlQuerySession> sessions = ConcurrentHashMap.newKeySet();

  /**
   * @param owner the region that the tables must belong to; checked by each new session
   */
  public MySqlQueryDatabase(QueryConfig config, QueryOwner owner) {
    this.config = config;
    this.owner = owner;
    this.database = config.connector();
  }

  @Override
  public QuerySession open() {
    return open(null);
  }

  @Override
  public QuerySession reopen(QuerySession lost) {
    if (!(lost instanceof MySqlQuerySession session)) {
      throw new IllegalArgumentException("not a session of this database: " + lost.getClass());
    }
    session.close();
    return open(session.tag());
  }

  @Override
  public void close() {
    sessions.forEach(QuerySession::close);
  }

  private QuerySession open(@Nullable ConnectionTag lost) {
    try {
      var connection = database.connect();
      var opened = false;
      try {
        if (lost != null) {
          lost.awaitGone(connection, MAX_WAIT_FOR_LOST, database.where());
        }
        QueryMeta.requireOwner(database, connection, owner);
        var packet = SessionStart.check(database, connection).maxAllowedPacket();
        var limits = StatementLimits.of(database.settings(), packet);
        var tag = new ConnectionTag();
        tag.attach(connection);
        var session =
            new MySqlQuerySession(
                database,
                connection,
                tag,
                config.maxRowsPerStatement(),
                limits.bytes(),
                sessions::remove);
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
}
