package dev.anabranch.cli.log;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoredLog;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads one database of a region, on whatever session is open.
 *
 * <p><b>Failure.</b> A read that finds its session lost is made again on a new one, once. Servers
 * end what was idle for half a minute, and a reader may wait for longer: for a pager, or because
 * the machine slept. It fails with {@link dev.anabranch.store.StoreUnavailableException} if the
 * database is away.
 *
 * <p><b>Bounds.</b> A page of rows holds {@value #PAGE_ROWS} rows and 8 MiB at most, or one row.
 */
public final class LogReads {

  private static final int PAGE_ROWS = 500;
  private static final long PAGE_BYTES = 8L << 20;

  private final CurrentSession sessions;
  private final int database;

  LogReads(CurrentSession sessions, int database) {
    this.sessions = sessions;
    this.database = database;
  }

  /** Rows of the shard from the offset on, in order; none at its end only. */
  public List<LogRow> page(int shard, long fromOffset) {
    return ask(session -> session.read(shard, fromOffset, PAGE_ROWS, PAGE_BYTES));
  }

  /** The first row from the offset on. */
  public List<LogRow> first(int shard, long fromOffset) {
    return ask(session -> session.read(shard, fromOffset, 1));
  }

  /** Versions of the aggregate above this one, in order; none at its end only. */
  public List<LogRow> history(AggregateKey aggregate, long afterVersion, long maxRows) {
    var rows = (int) Math.min(PAGE_ROWS, maxRows);
    return ask(session -> session.history(aggregate, afterVersion, rows, PAGE_BYTES));
  }

  /** Commits of the aggregate from the offset on, in order; none at the end only. */
  public List<LogRow> commits(AggregateKey aggregate, long fromOffset) {
    return ask(session -> session.commits(aggregate, fromOffset, PAGE_ROWS, PAGE_BYTES));
  }

  /** Reads commits as {@link StoredLog#commits} gives them for this aggregate. */
  public List<LogRow> commits(AggregateKey aggregate) {
    return ask(session -> session.commits(List.of(aggregate))).getOrDefault(aggregate, List.of());
  }

  public List<LogRow> rows(Collection<LogPosition> positions) {
    return ask(session -> session.rows(positions));
  }

  public Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) {
    return ask(session -> session.marks(positions));
  }

  public Map<Integer, ShardHead> heads(Collection<Integer> shards) {
    return ask(session -> session.heads(shards));
  }

  /** Reads what {@link StoredLog#published} gives. */
  public Map<Integer, Long> published(Collection<Integer> shards) {
    return ask(session -> session.published(shards));
  }

  private <T> T ask(Function<StoredLog, T> read) {
    return sessions.ask(database, read);
  }
}
