package dev.anabranch.testkit.query;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.RowChange;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.VersionInfo;
import dev.anabranch.query.ViewLog;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A query database on the heap that keeps the port's contract, with faults on demand.
 *
 * <p><b>Lifecycle.</b> {@link #close} ends one user's use of it; the rows stay, as in a database.
 *
 * <p><b>Threads.</b> Safe for use by several threads.
 */
public final class InMemoryQueryDatabase implements QueryDatabase {

  private final int shardCount;
  private final Map<VersionId, Version> versions = new LinkedHashMap<>();
  private Predicate<RowChange> refused = change -> false;
  private @Nullable Fault nextApply;
  private boolean down;
  private int applied;

  /** What can happen to an {@code apply}. */
  public enum Fault {
    /** The connection is lost before the commit: nothing is changed. */
    LOST_BEFORE_COMMIT,
    /** The connection is lost after the commit. */
    LOST_AFTER_COMMIT
  }

  public InMemoryQueryDatabase(int shardCount) {
    this.shardCount = shardCount;
  }

  private static final class Version {
    VersionInfo info;
    final InMemoryTables tables = new InMemoryTables();
    final long[] next;
    final long[] writers;
    final long[] clocks;
    final TreeMap<Integer, LostRow> lost = new TreeMap<>();
    final TreeMap<LogPosition, ParkedRow> parked =
        new TreeMap<>(
            java.util.Comparator.comparingInt(LogPosition::shard)
                .thenComparingLong(LogPosition::offset));
    final Map<LogPosition, ParkedRequest.Action> requests = new HashMap<>();
    final Map<AggregateKey, VectorTime> views = new HashMap<>();
    final Map<Integer, ViewLog.Origin> topics = new HashMap<>();

    Version(VersionInfo info, int shardCount) {
      this.info = info;
      next = new long[shardCount];
      writers = new long[shardCount];
      clocks = new long[shardCount];
    }
  }

  // -- What a tool does.

  /** Begins a version. */
  public synchronized VersionId begin(Projection projection, boolean live) {
    var number =
        1
            + versions.keySet().stream()
                .filter(v -> v.projection().equals(projection.name()))
                .mapToInt(VersionId::version)
                .max()
                .orElse(0);
    var id = new VersionId(projection.name(), number);
    var info = new VersionInfo(id, projection.revision(), projection.definition(), live);
    versions.put(id, new Version(info, shardCount));
    return id;
  }

  /** Shows a version to readers instead of the one that they see. */
  public synchronized void switchTo(VersionId version) {
    versions.forEach(
        (id, each) -> {
          if (id.projection().equals(version.projection())) {
            each.info =
                new VersionInfo(
                    id, each.info.revision(), each.info.definition(), id.equals(version));
          }
        });
  }

  public synchronized void drop(VersionId version) {
    versions.remove(version);
  }

  /** Asks for something about an aggregate's parked rows. */
  public synchronized void request(
      VersionId version, AggregateKey aggregate, ParkedRequest.Action action) {
    var found = existing(version);
    found.parked.values().stream()
        .filter(row -> row.aggregate().equals(aggregate) && row.hasFailed())
        .findFirst()
        .ifPresent(row -> found.requests.put(row.position(), action));
  }

  // -- What a test looks at.

  public synchronized InMemoryTables tables(VersionId version) {
    return existing(version).tables;
  }

  public synchronized long nextOffset(VersionId version, int shard) {
    return existing(version).next[shard];
  }

  public synchronized List<ParkedRow> allParked(VersionId version) {
    return List.copyOf(existing(version).parked.values());
  }

  /** Why the version stands still in some shards. */
  public synchronized List<LostRow> lost(VersionId version) {
    return List.copyOf(existing(version).lost.values());
  }

  /** Batches that were committed. */
  public synchronized int applied() {
    return applied;
  }

  // -- Faults.

  public synchronized void failNextApply(Fault fault) {
    nextApply = fault;
  }

  /** Whether nothing can be reached. */
  public synchronized void down(boolean isDown) {
    down = isDown;
  }

  /** Changes that the server does not take, as if a constraint were against them. */
  public synchronized void refuse(Predicate<RowChange> change) {
    refused = change;
  }

  // -- The port.

  @Override
  public synchronized QuerySession open() {
    requireUp();
    return new Session();
  }

  @Override
  public QuerySession reopen(QuerySession lost) {
    lost.close();
    return open();
  }

  @Override
  public void close() {
    // The tables outlive their users.
  }

  private void requireUp() {
    if (down) {
      throw new StoreUnavailableException("the query database is down", null);
    }
  }

  private Version existing(VersionId version) {
    var found = versions.get(version);
    if (found == null) {
      throw new IllegalStateException("no " + version);
    }
    return found;
  }

  /** Nothing of a version that is gone, as a table has it. */
  private Map<LogPosition, ParkedRow> parkedOf(VersionId version) {
    var found = versions.get(version);
    return found == null ? Map.of() : found.parked;
  }

  private Map<AggregateKey, VectorTime> viewsOf(VersionId version) {
    var found = versions.get(version);
    return found == null ? Map.of() : found.views;
  }

  private final class Session implements QuerySession {
    private volatile boolean lost;

    @Override
    public List<VersionInfo> versions() {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        return versions.values().stream().map(v -> v.info).toList();
      }
    }

    @Override
    public Optional<Map<Integer, Long>> claim(
        VersionId version, Collection<Integer> shards, long writer) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var found = versions.get(version);
        if (found == null) {
          return shards.isEmpty() ? Optional.of(Map.of()) : Optional.empty();
        }
        var positions = new HashMap<Integer, Long>();
        for (var shard : shards) {
          found.writers[shard] = writer;
          positions.put(shard, found.next[shard]);
        }
        return Optional.of(positions);
      }
    }

    @Override
    public Optional<Map<Integer, Long>> positions(VersionId version, Collection<Integer> shards) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var found = versions.get(version);
        if (found == null) {
          return shards.isEmpty() ? Optional.of(Map.of()) : Optional.empty();
        }
        var positions = new HashMap<Integer, Long>();
        shards.forEach(shard -> positions.put(shard, found.next[shard]));
        return Optional.of(positions);
      }
    }

    @Override
    public Map<Integer, ViewLog.Origin> topics(VersionId version, Collection<Integer> partitions) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var found = versions.get(version);
        var topics = new HashMap<Integer, ViewLog.Origin>(found == null ? Map.of() : found.topics);
        topics.keySet().retainAll(partitions);
        return topics;
      }
    }

    @Override
    public boolean follow(VersionId version, long writer, Map<Integer, ViewLog.Position> from) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var found = versions.get(version);
        if (found == null || from.keySet().stream().anyMatch(p -> found.writers[p] != writer)) {
          return false;
        }
        from.forEach(
            (partition, position) -> {
              found.next[partition] = position.offset();
              found.topics.put(partition, position.origin());
            });
        return true;
      }
    }

    @Override
    public ApplyResult apply(QueryBatch batch) {
      synchronized (InMemoryQueryDatabase.this) {
        if (lost || down) {
          lost = true;
          return new ApplyResult.Unknown(null);
        }
        var fault = nextApply;
        nextApply = null;
        if (fault == Fault.LOST_BEFORE_COMMIT) {
          lost = true;
          return new ApplyResult.Unknown(null);
        }
        var result = applyNow(batch);
        if (fault == Fault.LOST_AFTER_COMMIT) {
          lost = true;
          return new ApplyResult.Unknown(null);
        }
        return result;
      }
    }

    private ApplyResult applyNow(QueryBatch batch) {
      var version = versions.get(batch.version());
      if (version == null) {
        return ApplyResult.Gone.INSTANCE;
      }
      var verdict = verdict(version, batch);
      if (verdict.isPresent()) {
        return verdict.get();
      }
      for (var view : batch.views()) {
        if (!view.before().equals(Optional.ofNullable(version.views.get(view.aggregate())))) {
          return ApplyResult.Overtaken.INSTANCE;
        }
      }
      for (var change : batch.changes()) {
        if (refused.test(change)) {
          return new ApplyResult.Refused("refused: " + change);
        }
      }
      batch.unpark().forEach(version.parked::remove);
      batch.unpark().forEach(version.requests::remove);
      for (var row : batch.park()) {
        version.parked.put(row.position(), row);
        version.requests.remove(row.position());
      }
      version.tables.apply(batch.changes());
      batch.views().forEach(view -> version.views.put(view.aggregate(), view.revision()));
      for (var advance : batch.advances()) {
        version.next[advance.shard()] = advance.to();
        if (advance.to() > advance.from()) {
          version.clocks[advance.shard()] = advance.hlc();
        }
      }
      applied++;
      return ApplyResult.Applied.INSTANCE;
    }

    private Optional<ApplyResult> verdict(Version version, QueryBatch batch) {
      var isBefore = true;
      var isAfter = true;
      for (var advance : batch.advances()) {
        var shard = advance.shard();
        var ours = version.writers[shard] == batch.writer();
        isBefore &= ours && version.next[shard] == advance.from();
        isAfter &= ours && version.next[shard] == advance.to();
      }
      if (isBefore) {
        return batch.unpark().isEmpty() || version.parked.keySet().containsAll(batch.unpark())
            ? Optional.empty()
            : Optional.of(ApplyResult.Applied.INSTANCE);
      }
      var first = batch.advances().get(0);
      return Optional.of(
          isAfter
              ? ApplyResult.Applied.INSTANCE
              : new ApplyResult.Fenced(
                  first.shard(),
                  first.from(),
                  version.next[first.shard()],
                  version.writers[first.shard()]));
    }

    @Override
    public Map<AggregateKey, VectorTime> shownViews(
        VersionId version, Collection<AggregateKey> aggregates) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var shown = new HashMap<>(viewsOf(version));
        shown.keySet().retainAll(aggregates);
        return shown;
      }
    }

    @Override
    public Map<AggregateKey, Integer> parked(VersionId version, Collection<Integer> shards) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var counts = new HashMap<AggregateKey, Integer>();
        parkedOf(version).values().stream()
            .filter(row -> shards.contains(row.position().shard()))
            .forEach(row -> counts.merge(row.aggregate(), 1, Integer::sum));
        return counts;
      }
    }

    @Override
    public List<ParkedRow> parkedRows(VersionId version, int shard, AggregateKey aggregate) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        return parkedOf(version).values().stream()
            .filter(row -> row.position().shard() == shard && row.aggregate().equals(aggregate))
            .toList();
      }
    }

    @Override
    public List<ParkedRequest> requests() {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var requests = new ArrayList<ParkedRequest>();
        versions.forEach(
            (id, version) ->
                version.requests.forEach(
                    (position, action) -> {
                      var row = version.parked.get(position);
                      if (row != null) {
                        requests.add(new ParkedRequest(id, position, row.aggregate(), action));
                      }
                    }));
        return requests;
      }
    }

    @Override
    public List<ParkedRequest> interrupted(VersionId version, Collection<Integer> shards) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var first = new LinkedHashMap<AggregateKey, ParkedRow>();
        parkedOf(version).values().stream()
            .filter(row -> shards.contains(row.position().shard()))
            .forEach(row -> first.putIfAbsent(row.aggregate(), row));
        return first.values().stream()
            .filter(row -> !row.hasFailed())
            .map(
                row ->
                    new ParkedRequest(
                        version, row.position(), row.aggregate(), ParkedRequest.Action.RETRY))
            .toList();
      }
    }

    @Override
    public Map<Integer, Long> clocks(VersionId version, Collection<Integer> shards) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var clocks = new HashMap<Integer, Long>();
        var found = versions.get(version);
        if (found != null) {
          shards.forEach(shard -> clocks.put(shard, found.clocks[shard]));
        }
        return clocks;
      }
    }

    @Override
    public List<LostRow> lostRows(VersionId version, Collection<Integer> shards) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var found = versions.get(version);
        return found == null
            ? List.of()
            : found.lost.values().stream()
                .filter(row -> shards.contains(row.position().shard()))
                .toList();
      }
    }

    @Override
    public boolean recordLost(VersionId version, LostRow row) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var found = versions.get(version);
        if (found != null) {
          found.lost.putIfAbsent(row.position().shard(), row);
        }
        return true;
      }
    }

    @Override
    public void forgetLost(VersionId version, int shard) {
      synchronized (InMemoryQueryDatabase.this) {
        check();
        var found = versions.get(version);
        if (found != null) {
          found.lost.remove(shard);
        }
      }
    }

    @Override
    public void ping() {
      synchronized (InMemoryQueryDatabase.this) {
        check();
      }
    }

    @Override
    public void close() {
      lost = true;
    }

    private void check() {
      if (lost || down) {
        lost = true;
        throw new StoreUnavailableException("the session is lost", null);
      }
    }
  }
}
