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
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One physical database of an {@link InMemoryEventStore}.
 *
 * <p><b>Threads.</b> All methods are safe for use by several threads.
 */
public final class InMemoryDatabase {

  private final String name;
  private final Map<Integer, TreeMap<Long, LogRow>> shards = new TreeMap<>();
  private final Map<UniqueCommand, LogRow> byCommand = new HashMap<>();
  private final Map<AggregateKey, TreeMap<Long, LogRow>> byVersion = new HashMap<>();
  private final Map<Integer, Long> published = new HashMap<>();
  private final Set<Integer> parkedShards = new HashSet<>();
  private final Map<Integer, LogBookmark> bookmarks = new HashMap<>();
  private final List<AcceptedLoss> acceptedLosses = new ArrayList<>();
  private final Map<Integer, MissingRow> missing = new TreeMap<>();
  private final Map<Integer, byte[]> answered = new HashMap<>();
  private final Map<Integer, Long> answerers = new HashMap<>();
  private final List<Fault> faults = new ArrayList<>();
  private boolean down;
  private long appends;

  InMemoryDatabase(String name) {
    this.name = name;
  }

  /** What happens to one append. */
  public enum Fault {
    /** The connection is lost before the server has the statement. */
    LOSE_BEFORE,
    /** The rows are durable, and the connection is lost before the answer. */
    LOSE_AFTER
  }

  /** The next appends fail this way, one each. */
  public synchronized void failNextAppends(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** While it is down, every call fails, on sessions old and new. */
  public synchronized void setDown(boolean down) {
    this.down = down;
  }

  /** Appends that were tried, answered or not. */
  public synchronized long appends() {
    return appends;
  }

  /** Every row, by shard and offset. */
  public synchronized List<LogRow> allRows() {
    var rows = new ArrayList<LogRow>();
    shards.values().forEach(shard -> rows.addAll(shard.values()));
    return rows;
  }

  /** Forgets the rows from this offset on, as a replica that lagged. */
  public synchronized void loseRows(int shard, long fromOffset) {
    var lost = List.copyOf(rowsOf(shard).tailMap(fromOffset, true).values());
    for (var row : lost) {
      rowsOf(shard).remove(row.offset());
      byCommand.values().remove(row);
      byVersion.getOrDefault(row.outcome().aggregate(), new TreeMap<>()).values().remove(row);
    }
  }

  synchronized LogSession open() {
    checkUp();
    return new InMemorySession(this);
  }

  synchronized void checkUp() {
    if (down) {
      throw new StoreUnavailableException("database " + name + " is down", null);
    }
  }

  synchronized AppendResult append(List<LogRow> rows) {
    appends++;
    if (down) {
      return new AppendResult.Unknown(null);
    }
    var fault = faults.isEmpty() ? null : faults.remove(0);
    if (fault == Fault.LOSE_BEFORE) {
      return new AppendResult.Unknown(null);
    }
    var result = appendNow(rows);
    return fault == Fault.LOSE_AFTER ? new AppendResult.Unknown(null) : result;
  }

  private AppendResult appendNow(List<LogRow> rows) {
    var clash = clashOf(rows);
    if (clash != null) {
      return clash;
    }
    for (var row : rows) {
      var outcome = row.outcome();
      rowsOf(row.shard()).put(row.offset(), row);
      if (outcome.commandId() != null) {
        byCommand.put(UniqueCommand.of(row), row);
      }
      if (outcome.version() > 0) {
        byVersion
            .computeIfAbsent(outcome.aggregate(), key -> new TreeMap<>())
            .put(outcome.version(), row);
      }
    }
    return AppendResult.Appended.INSTANCE;
  }

  private @Nullable AppendResult clashOf(List<LogRow> rows) {
    var present = 0;
    for (var row : rows) {
      var stored = rowsOf(row.shard()).get(row.offset());
      if (stored != null && !stored.isIdenticalTo(row)) {
        return new AppendResult.Fenced(row.position(), stored.outcome().stamp().writer());
      }
      present += stored == null ? 0 : 1;
    }
    if (present == rows.size()) {
      return AppendResult.Appended.INSTANCE;
    }
    var duplicates = new ArrayList<LogRow>();
    for (var row : rows) {
      var stored = byCommand.get(UniqueCommand.of(row));
      if (stored != null) {
        duplicates.add(stored);
      }
    }
    if (!duplicates.isEmpty()) {
      return new AppendResult.DuplicateCommands(duplicates);
    }
    for (var row : rows) {
      var versions = byVersion.get(row.outcome().aggregate());
      var stored = versions == null ? null : versions.get(row.outcome().version());
      if (stored != null) {
        return new AppendResult.StateMismatch(row, stored);
      }
    }
    return null;
  }

  synchronized NavigableMap<Long, LogRow> shard(int shard) {
    return new TreeMap<>(rowsOf(shard));
  }

  synchronized @Nullable LogRow row(LogPosition position) {
    return rowsOf(position.shard()).get(position.offset());
  }

  synchronized @Nullable LogRow row(CommandRef command) {
    return byCommand.get(new UniqueCommand(command.aggregate(), command.commandId(), ""));
  }

  synchronized List<LogRow> versions(AggregateKey aggregate, long afterVersion) {
    var versions = byVersion.get(aggregate);
    return versions == null
        ? List.of()
        : List.copyOf(versions.tailMap(afterVersion, false).values());
  }

  synchronized Map<Integer, Long> published() {
    return Map.copyOf(published);
  }

  synchronized void recordPublished(Map<Integer, Long> nextOffsets) {
    nextOffsets.forEach((shard, next) -> published.merge(shard, next, Math::max));
  }

  synchronized boolean hasParkedCommands() {
    return !parkedShards.isEmpty();
  }

  synchronized void recordParked(int firstShard, int lastShard, Set<Integer> parked) {
    parkedShards.removeIf(shard -> shard >= firstShard && shard <= lastShard);
    parkedShards.addAll(parked);
  }

  synchronized Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards) {
    var taken = new HashMap<Integer, byte[]>();
    for (var shard : shards) {
      answerers.put(shard, writer);
      taken.put(shard, answered.getOrDefault(shard, new byte[0]));
    }
    return taken;
  }

  synchronized boolean recordAnswered(long writer, Map<Integer, byte[]> marks) {
    var isOwner = true;
    for (var mark : marks.entrySet()) {
      if (answerers.getOrDefault(mark.getKey(), writer) == writer) {
        answered.put(mark.getKey(), mark.getValue());
      } else {
        isOwner = false;
      }
    }
    return isOwner;
  }

  synchronized Map<Integer, LogBookmark> bookmarks() {
    return Map.copyOf(bookmarks);
  }

  synchronized void recordBookmarks(Map<Integer, LogBookmark> more) {
    bookmarks.putAll(more);
  }

  synchronized List<AcceptedLoss> acceptedLosses() {
    return List.copyOf(acceptedLosses);
  }

  synchronized void acceptLoss(AcceptedLoss loss) {
    acceptedLosses.add(loss);
    missing.remove(loss.shard());
  }

  synchronized List<MissingRow> missing() {
    return missing.values().stream().filter(row -> !isAccepted(row)).toList();
  }

  synchronized void recordMissing(MissingRow row) {
    missing.merge(row.shard(), row, (first, later) -> isAccepted(first) ? later : first);
  }

  private boolean isAccepted(MissingRow row) {
    return acceptedLosses.stream()
        .anyMatch(
            loss -> loss.shard() == row.shard() && loss.acceptedAtMicros() >= row.foundAtMicros());
  }

  private NavigableMap<Long, LogRow> rowsOf(int shard) {
    return shards.computeIfAbsent(shard, s -> new TreeMap<>());
  }

  private record UniqueCommand(AggregateKey aggregate, String commandId, String slot) {
    static UniqueCommand of(LogRow row) {
      var outcome = row.outcome();
      var commandId = outcome.commandId();
      return new UniqueCommand(
          outcome.aggregate(), commandId == null ? "" : commandId, outcome.slot());
    }
  }
}
