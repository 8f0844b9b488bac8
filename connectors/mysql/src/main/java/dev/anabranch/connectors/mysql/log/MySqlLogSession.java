package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.ConnectionTag;
import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.connection.SqlFailure;
import dev.anabranch.connectors.mysql.connection.StatementLimits;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A session on one dedicated connection.
 *
 * <p><b>No pool.</b> A lane thread keeps its session for as long as the task lives, so a pool would
 * hand out the same connection each time. What a pool does behind its user's back, which is
 * replacing a broken connection by a new one, must not happen here: the caller checks the last rows
 * before it appends on a new connection.
 *
 * <p><b>Lost.</b> After any failure that leaves the connection's state in doubt, each further call
 * fails at once in the same way.
 */
final class MySqlLogSession implements LogSession {

  /** A call that the server answers. */
  private interface Call<T> {
    T run() throws SQLException;
  }

  private final DatabaseConnector database;
  private final Connection connection;
  private final ConnectionTag tag;
  private final LogReader reader;
  private final LogMarks marks;
  private final LossMarks losses;
  private final RowAppender appender;
  private final Consumer<MySqlLogSession> onClose;

  private final AtomicBoolean inCall = new AtomicBoolean();
  private volatile boolean closed;
  private volatile boolean lost;

  MySqlLogSession(
      DatabaseConnector database,
      Connection connection,
      ConnectionTag tag,
      StatementLimits limits,
      Consumer<MySqlLogSession> onClose)
      throws SQLException {
    this.database = database;
    this.connection = connection;
    this.tag = tag;
    this.reader = new LogReader(connection);
    this.marks = new LogMarks(connection);
    this.losses = new LossMarks(connection);
    this.onClose = onClose;
    var statements =
        switch (database.settings().insertStrategy()) {
          case TEXT -> new TextStatements(connection, limits);
          case BIND -> new BoundStatements(connection, limits);
        };
    this.appender = new RowAppender(new BatchInsert(connection, statements), reader);
  }

  ConnectionTag tag() {
    return tag;
  }

  @Override
  public AppendResult append(List<LogRow> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("an append without rows");
    }
    enter();
    try {
      if (closed || lost) {
        return new AppendResult.Unknown(gone());
      }
      var result = appender.append(rows);
      lost = result instanceof AppendResult.Unknown;
      return result;
    } catch (SQLException e) {
      throw database.failure("append to", e);
    } catch (RuntimeException e) {
      if (closed) {
        // The driver may stumble over a connection that another thread has cut.
        return new AppendResult.Unknown(e);
      }
      throw e;
    } finally {
      inCall.set(false);
    }
  }

  @Override
  public List<LogRow> read(int shard, long fromOffset, int maxRows) {
    return call("read", () -> reader.page(shard, fromOffset, maxRows));
  }

  @Override
  public List<LogRow> read(int shard, long fromOffset, int maxRows, long maxBytes) {
    return call("read", () -> reader.page(shard, fromOffset, maxRows, maxBytes));
  }

  @Override
  public Map<Integer, ShardHead> heads(Collection<Integer> shards) {
    return call("read", () -> reader.heads(shards));
  }

  @Override
  public Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) {
    return call("read", () -> reader.marks(positions));
  }

  @Override
  public List<LogRow> rows(Collection<LogPosition> positions) {
    return call("read", () -> reader.at(positions));
  }

  @Override
  public Found rows(List<LogPosition> positions, long maxBytes) {
    return call("read", () -> reader.at(positions, maxBytes));
  }

  @Override
  public List<LogRow> byCommand(Collection<CommandRef> commands) {
    return call("read", () -> reader.firstOf(commands));
  }

  @Override
  public Found byCommand(List<CommandRef> commands, long maxBytes) {
    return call("read", () -> reader.firstOf(commands, maxBytes));
  }

  @Override
  public List<LogRow> ofCommand(CommandRef command) {
    return call("read", () -> reader.ofCommand(command.aggregate(), command.commandId()));
  }

  @Override
  public List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows) {
    return call("read", () -> reader.history(aggregate, afterVersion, maxRows));
  }

  @Override
  public List<LogRow> history(
      AggregateKey aggregate, long afterVersion, int maxRows, long maxBytes) {
    return call("read", () -> reader.history(aggregate, afterVersion, maxRows, maxBytes));
  }

  @Override
  public Map<AggregateKey, List<LogRow>> histories(Collection<AggregateKey> aggregates) {
    return call("read", () -> reader.histories(aggregates));
  }

  @Override
  public List<LogRow> commits(AggregateKey aggregate, long fromOffset, int maxRows, long maxBytes) {
    return call("read", () -> reader.commits(aggregate, fromOffset, maxRows, maxBytes));
  }

  @Override
  public Map<AggregateKey, Extent> commitExtents(Collection<AggregateKey> aggregates) {
    return call("read", () -> reader.commitExtents(aggregates));
  }

  @Override
  public Map<AggregateKey, List<LogRow>> commits(Collection<AggregateKey> aggregates) {
    return call("read", () -> reader.commits(aggregates));
  }

  @Override
  public Map<Integer, Long> published(Collection<Integer> shards) {
    return call("read", () -> marks.published(shards));
  }

  @Override
  public void recordPublished(Map<Integer, Long> nextOffsets) {
    run("write to", () -> marks.recordPublished(nextOffsets));
  }

  @Override
  public boolean hasParkedCommands() {
    return call("read", marks::hasParked);
  }

  @Override
  public void recordParked(int firstShard, int lastShard, Set<Integer> parked) {
    run("write to", () -> marks.recordParked(firstShard, lastShard, parked));
  }

  @Override
  public Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards) {
    return call("write to", () -> marks.takeAnswers(writer, shards));
  }

  @Override
  public boolean recordAnswered(long writer, Map<Integer, byte[]> answered) {
    return call("write to", () -> marks.recordAnswered(writer, answered));
  }

  @Override
  public Map<Integer, LogBookmark> bookmarks(Collection<Integer> shards) {
    return call("read", () -> losses.bookmarks(shards));
  }

  @Override
  public void recordBookmarks(Map<Integer, LogBookmark> bookmarks) {
    run("write to", () -> losses.recordBookmarks(bookmarks));
  }

  @Override
  public List<AcceptedLoss> acceptedLosses() {
    return call("read", losses::acceptedLosses);
  }

  @Override
  public void acceptLoss(AcceptedLoss loss) {
    run("write to", () -> losses.acceptLoss(loss));
  }

  @Override
  public List<MissingRow> missing() {
    return call("read", losses::missing);
  }

  @Override
  public void recordMissing(MissingRow row) {
    run("write to", () -> losses.recordMissing(row));
  }

  @Override
  public void ping() {
    run("reach", marks::ping);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (lost || inCall.get()) {
        connection.abort(Runnable::run);
      } else {
        connection.close();
      }
    } catch (SQLException e) {
      // It is to be gone, and it is.
    } finally {
      onClose.accept(this);
    }
  }

  private void run(String action, LogMarks.Action call) {
    call(
        action,
        () -> {
          call.run();
          return true;
        });
  }

  private <T> T call(String action, Call<T> call) {
    enter();
    try {
      if (closed || lost) {
        throw gone();
      }
      return call.run();
    } catch (SQLException e) {
      lost |= SqlFailure.of(e) == SqlFailure.LOST;
      throw database.failure(action, e);
    } catch (RuntimeException e) {
      throw closed ? gone() : e;
    } finally {
      inCall.set(false);
    }
  }

  private void enter() {
    if (!inCall.compareAndSet(false, true)) {
      throw new IllegalStateException("two threads use one session of " + database.where());
    }
  }

  private StoreUnavailableException gone() {
    return new StoreUnavailableException(
        "the session on " + database.where() + (closed ? " is closed" : " has lost its connection"),
        null);
  }
}
