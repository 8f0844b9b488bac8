package dev.anabranch.cli.verify;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreLayout;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A store that returns the rows that it is given, however wrong: the in-memory store of the test
 * kit refuses what a real one would.
 */
final class RowsStore implements EventStore {

  private final StoreLayout layout;
  private final List<LogRow> rows;
  private final Set<LogPosition> unreadable;
  private final Map<Integer, Long> published;

  RowsStore(StoreLayout layout, List<LogRow> rows) {
    this(layout, rows, Set.of());
  }

  RowsStore(StoreLayout layout, List<LogRow> rows, Set<LogPosition> unreadable) {
    this(layout, rows, unreadable, Map.of());
  }

  RowsStore(
      StoreLayout layout,
      List<LogRow> rows,
      Set<LogPosition> unreadable,
      Map<Integer, Long> published) {
    this.published = published;
    this.layout = layout;
    this.rows =
        rows.stream()
            .sorted(Comparator.comparingInt(LogRow::shard).thenComparingLong(LogRow::offset))
            .toList();
    this.unreadable = unreadable;
  }

  @Override
  public StoreLayout layout() {
    return layout;
  }

  @Override
  public LogSession open(int database) {
    return new Session();
  }

  @Override
  public LogSession reopen(int database, LogSession lost) {
    return new Session();
  }

  @Override
  public void close() {}

  private final class Session implements LogSession {

    @Override
    public List<LogRow> read(int shard, long fromOffset, int maxRows) {
      var page =
          rows.stream()
              .filter(row -> row.shard() == shard && row.offset() >= fromOffset)
              .limit(maxRows)
              .toList();
      if (page.stream().anyMatch(row -> unreadable.contains(row.position()))) {
        throw new IllegalArgumentException("row kind 99 is unknown");
      }
      return page;
    }

    @Override
    public Map<Integer, ShardHead> heads(Collection<Integer> shards) {
      var heads = new HashMap<Integer, ShardHead>();
      rows.stream()
          .filter(row -> shards.contains(row.shard()))
          .forEach(row -> heads.put(row.shard(), headOf(row)));
      return heads;
    }

    @Override
    public Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) {
      var marks = new HashMap<LogPosition, ShardHead>();
      rows.stream()
          .filter(row -> positions.contains(row.position()))
          .forEach(row -> marks.put(row.position(), headOf(row)));
      return marks;
    }

    @Override
    public List<LogRow> rows(Collection<LogPosition> positions) {
      return rows.stream().filter(row -> positions.contains(row.position())).toList();
    }

    private static ShardHead headOf(LogRow row) {
      return new ShardHead(
          row.offset(), row.outcome().stamp().writer(), row.outcome().stamp().hlc());
    }

    @Override
    public AppendResult append(List<LogRow> appended) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<LogRow> byCommand(Collection<CommandRef> commands) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<AggregateKey, List<LogRow>> histories(Collection<AggregateKey> aggregates) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<AggregateKey, List<LogRow>> commits(Collection<AggregateKey> aggregates) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<Integer, Long> published(Collection<Integer> shards) {
      return published;
    }

    @Override
    public void recordPublished(Map<Integer, Long> nextOffsets) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean hasParkedCommands() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void recordParked(int firstShard, int lastShard, Set<Integer> parked) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean recordAnswered(long writer, Map<Integer, byte[]> marks) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<Integer, LogBookmark> bookmarks(Collection<Integer> shards) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void recordBookmarks(Map<Integer, LogBookmark> bookmarks) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<AcceptedLoss> acceptedLosses() {
      return List.of();
    }

    @Override
    public void acceptLoss(AcceptedLoss loss) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<MissingRow> missing() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void recordMissing(MissingRow row) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void ping() {}

    @Override
    public void close() {}
  }
}
