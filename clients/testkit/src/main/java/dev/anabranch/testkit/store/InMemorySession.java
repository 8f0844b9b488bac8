package dev.anabranch.testkit.store;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session on an {@link InMemoryDatabase}; of no more use after a lost append. */
final class InMemorySession implements LogSession {

  private final InMemoryDatabase database;
  private volatile boolean lost;

  InMemorySession(InMemoryDatabase database) {
    this.database = database;
  }

  @Override
  public AppendResult append(List<LogRow> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("an append needs a row");
    }
    if (lost) {
      return new AppendResult.Unknown(null);
    }
    var result = database.append(rows);
    lost = result instanceof AppendResult.Unknown;
    return result;
  }

  @Override
  public List<LogRow> read(int shard, long fromOffset, int maxRows) {
    check();
    return database.shard(shard).tailMap(fromOffset, true).values().stream()
        .limit(maxRows)
        .toList();
  }

  @Override
  public Map<Integer, ShardHead> heads(Collection<Integer> shards) {
    check();
    var heads = new HashMap<Integer, ShardHead>();
    for (var shard : shards) {
      var last = database.shard(shard).lastEntry();
      if (last != null) {
        heads.put(shard, headOf(last.getValue()));
      }
    }
    return heads;
  }

  @Override
  public Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) {
    check();
    var marks = new HashMap<LogPosition, ShardHead>();
    for (var row : rows(positions)) {
      marks.put(row.position(), headOf(row));
    }
    return marks;
  }

  @Override
  public List<LogRow> rows(Collection<LogPosition> positions) {
    check();
    var rows = new ArrayList<LogRow>();
    for (var position : positions) {
      addIfPresent(rows, database.row(position));
    }
    return rows;
  }

  @Override
  public List<LogRow> byCommand(Collection<CommandRef> commands) {
    check();
    var rows = new ArrayList<LogRow>();
    for (var command : commands) {
      addIfPresent(rows, database.row(command));
    }
    return rows;
  }

  @Override
  public List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows) {
    check();
    return database.versions(aggregate, afterVersion).stream().limit(maxRows).toList();
  }

  @Override
  public Map<AggregateKey, List<LogRow>> histories(Collection<AggregateKey> aggregates) {
    check();
    var histories = new HashMap<AggregateKey, List<LogRow>>();
    for (var aggregate : aggregates) {
      var rows = database.versions(aggregate, 0);
      if (!rows.isEmpty()) {
        histories.put(aggregate, rows);
      }
    }
    return histories;
  }

  @Override
  public Map<AggregateKey, List<LogRow>> commits(Collection<AggregateKey> aggregates) {
    check();
    var wanted = new HashSet<>(aggregates);
    var commits = new HashMap<AggregateKey, List<LogRow>>();
    for (var row : database.allRows()) {
      var outcome = row.outcome();
      if (outcome.dot() != null && wanted.contains(outcome.aggregate())) {
        commits.computeIfAbsent(outcome.aggregate(), any -> new ArrayList<>()).add(row);
      }
    }
    commits.values().forEach(rows -> rows.sort(Comparator.comparingLong(LogRow::offset)));
    return commits;
  }

  @Override
  public Map<Integer, Long> published(Collection<Integer> shards) {
    check();
    var published = new HashMap<>(database.published());
    published.keySet().retainAll(List.copyOf(shards));
    return published;
  }

  @Override
  public void recordPublished(Map<Integer, Long> nextOffsets) {
    check();
    database.recordPublished(nextOffsets);
  }

  @Override
  public boolean hasParkedCommands() {
    check();
    return database.hasParkedCommands();
  }

  @Override
  public void recordParked(int firstShard, int lastShard, Set<Integer> parked) {
    check();
    database.recordParked(firstShard, lastShard, parked);
  }

  @Override
  public Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards) {
    check();
    return database.takeAnswers(writer, shards);
  }

  @Override
  public boolean recordAnswered(long writer, Map<Integer, byte[]> marks) {
    check();
    return database.recordAnswered(writer, marks);
  }

  @Override
  public Map<Integer, LogBookmark> bookmarks(Collection<Integer> shards) {
    check();
    var known = new HashMap<>(database.bookmarks());
    known.keySet().retainAll(List.copyOf(shards));
    return known;
  }

  @Override
  public void recordBookmarks(Map<Integer, LogBookmark> bookmarks) {
    check();
    database.recordBookmarks(bookmarks);
  }

  @Override
  public List<AcceptedLoss> acceptedLosses() {
    check();
    return database.acceptedLosses();
  }

  @Override
  public void acceptLoss(AcceptedLoss loss) {
    check();
    database.acceptLoss(loss);
  }

  @Override
  public List<MissingRow> missing() {
    check();
    return database.missing();
  }

  @Override
  public void recordMissing(MissingRow row) {
    check();
    database.recordMissing(row);
  }

  @Override
  public void ping() {
    check();
  }

  @Override
  public void close() {
    lost = true;
  }

  private void check() {
    if (lost) {
      throw new StoreUnavailableException("the session is lost", null);
    }
    database.checkUp();
  }

  private static ShardHead headOf(LogRow row) {
    var stamp = row.outcome().stamp();
    return new ShardHead(row.offset(), stamp.writer(), stamp.hlc());
  }

  private static void addIfPresent(List<LogRow> rows, @Nullable LogRow row) {
    if (row != null) {
      rows.add(row);
    }
  }
}
