package dev.anabranch.operators.projection.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.operators.projection.InMemoryViewLog;
import dev.anabranch.operators.projection.ProjectionOperatorFactory;
import dev.anabranch.operators.projection.ProjectionOperatorOptions;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.operators.projection.TallyReadModel;
import dev.anabranch.projection.Projections;
import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QueryDatabaseFactory;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewLog;
import dev.anabranch.query.ViewRecord;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.testkit.query.InMemoryQueryDatabase;
import dev.anabranch.testkit.query.InMemoryTables;
import dev.anabranch.testkit.store.InMemoryDatabase;
import dev.anabranch.testkit.store.InMemoryEventStore;
import dev.anabranch.wire.blob.EventsBlob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/**
 * The projection operator on Flink's keyed harness, an event store and a query database on the
 * heap. Rows are written to the store first, as the command job does, and given to the operator
 * when the test says so, as Kafka might.
 */
public final class ProjectionHarness implements AutoCloseable {

  public static final int SHARDS = 8;
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Map<Integer, ProjectionHarness> ALL = new ConcurrentHashMap<>();
  private static final AtomicInteger IDS = new AtomicInteger();

  private final int id = IDS.incrementAndGet();
  public final InMemoryEventStore store = new InMemoryEventStore("a", SHARDS, 4, 2);
  public final InMemoryQueryDatabase database = new InMemoryQueryDatabase(SHARDS);
  public final InMemoryViewLog views = new InMemoryViewLog();

  /** What the operator gets in the place of the store, and of the query database. */
  public UnaryOperator<EventStore> aroundStore = UnaryOperator.identity();

  public UnaryOperator<QueryDatabase> aroundDatabase = UnaryOperator.identity();
  private final Map<String, Long> versions = new HashMap<>();
  private final List<LogRow> log = new ArrayList<>();
  private final long[] nextOffsets = new long[SHARDS];
  private Projections projections;
  private int maxParked = 100;
  private int rebuildRowsPerSecond;
  private @Nullable KeyedOneInputStreamOperatorTestHarness<String, LogRow, LogRow> harness;

  public ProjectionHarness(Projections projections) {
    this.projections = projections;
    ALL.put(id, this);
  }

  /** Takes effect at the next start. */
  public void release(Projections newer) {
    projections = newer;
  }

  /** Takes effect at the next start; 0: no limit. */
  public void rebuildRowsPerSecond(int rows) {
    rebuildRowsPerSecond = rows;
  }

  /** Takes effect at the next start. */
  public void maxParked(int rows) {
    maxParked = rows;
  }

  // -- The log.

  /** Stores the next commit of a tally, with these events. */
  public LogRow write(String tally, long... numbers) {
    var key = new AggregateKey("Tally", tally);
    var version = versions.merge(tally, 1L, Long::sum);
    var events = new ArrayList<dev.anabranch.api.EncodedMessage>();
    for (var number : numbers) {
      events.add(TallyReadModel.event(number));
    }
    return store(
        RowKind.COMMIT,
        key,
        version,
        new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, EventsBlob.encode(events)));
  }

  /** Stores the next commit of a tally, whose result takes so many bytes. */
  public LogRow writeLarge(String tally, int bytes, long... numbers) {
    var version = versions.merge(tally, 1L, Long::sum);
    var events = Arrays.stream(numbers).mapToObj(TallyReadModel::event).toList();
    return store(
        RowKind.COMMIT,
        new AggregateKey("Tally", tally),
        version,
        new Blobs(Blobs.EMPTY, Blobs.EMPTY, new byte[bytes], EventsBlob.encode(events)));
  }

  /** Stores an outcome without events. */
  public LogRow writeRejection(String tally) {
    var key = new AggregateKey("Tally", tally);
    return store(
        RowKind.REJECTED, key, 0, new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY));
  }

  private LogRow store(RowKind kind, AggregateKey key, long version, Blobs blobs) {
    var shard = Shards.shardOf(key, SHARDS);
    var offset = nextOffsets[shard]++;
    var dot = kind == RowKind.COMMIT ? new Dot(new RegionId("a"), version) : null;
    var stamp = new Stamp(1, (offset + 1) << 16, 1_000_000 + offset);
    var row =
        new Outcome(kind, key, version, "c" + shard + "-" + offset, "", dot, stamp, blobs)
            .at(shard, offset);
    try (var session = store.open(store.layout().databaseOf(shard))) {
      assertThat(session.append(List.of(row))).isInstanceOf(AppendResult.Appended.class);
    }
    log.add(row);
    return row;
  }

  /** The store loses the row, and no other. */
  public void lose(LogRow row) {
    var database = databaseOf(row);
    var later = new ArrayList<LogRow>();
    for (var each : log) {
      if (each.shard() == row.shard() && each.offset() > row.offset()) {
        later.add(each);
      }
    }
    database.loseRows(row.shard(), row.offset());
    later.forEach(this::restore);
  }

  /** The store has a row again that it had lost. */
  public void restore(LogRow row) {
    try (var session = store.open(store.layout().databaseOf(row.shard()))) {
      assertThat(session.append(List.of(row))).isInstanceOf(AppendResult.Appended.class);
    }
  }

  /** The store loses the last row of a shard, and something else is decided in its place. */
  public LogRow replace(LogRow last, long number) {
    databaseOf(last).loseRows(last.shard(), last.offset());
    var before = last.outcome();
    var stamp = before.stamp();
    var other =
        new Outcome(
                before.kind(),
                before.aggregate(),
                before.version(),
                before.commandId() + "x",
                "",
                before.dot(),
                new Stamp(2, stamp.hlc() + 1, stamp.occurredAtMicros()),
                new Blobs(
                    Blobs.EMPTY,
                    Blobs.EMPTY,
                    Blobs.EMPTY,
                    EventsBlob.encode(List.of(TallyReadModel.event(number)))))
            .at(last.shard(), last.offset());
    restore(other);
    log.set(log.indexOf(last), other);
    return other;
  }

  public List<LogRow> log() {
    return log;
  }

  public InMemoryDatabase databaseOf(LogRow row) {
    return store.database(store.layout().databaseOf(row.shard()));
  }

  // -- The operator.

  public void start() throws Exception {
    harness = newOperator();
  }

  /** Another job with the same projections, beside the first. */
  public KeyedOneInputStreamOperatorTestHarness<String, LogRow, LogRow> newOperator()
      throws Exception {
    var options =
        new ProjectionOperatorOptions(
            SHARDS,
            2,
            10,
            40,
            5,
            rebuildRowsPerSecond,
            maxParked,
            Duration.ofMillis(20),
            Duration.ofMillis(500));
    var created =
        new KeyedOneInputStreamOperatorTestHarness<String, LogRow, LogRow>(
            new ProjectionOperatorFactory(
                options,
                new LocalProjections(id),
                new LocalStore(id),
                new LocalDatabase(id),
                new LocalViews(id)),
            row -> row.outcome().aggregate().toString(),
            Types.STRING,
            SHARDS,
            1,
            0);
    created.open();
    return created;
  }

  /** What Kafka brings. */
  public void deliver(LogRow... rows) throws Exception {
    deliver(List.of(rows));
  }

  public void deliver(List<LogRow> rows) throws Exception {
    for (var row : rows) {
      running().processElement(new StreamRecord<>(row));
    }
  }

  public void crash() throws Exception {
    running().close();
    harness = null;
  }

  /** Runs mails until the condition holds. */
  public void await(String what, BooleanSupplier condition) throws Exception {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      pump(running());
      Thread.onSpinWait();
    }
  }

  /** Waits until so many mails are there, none of which has been run. */
  public void awaitMails(int count) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (running().getTaskMailbox().size() < count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + count + " mails");
      }
      Thread.onSpinWait();
    }
  }

  /** Runs so many mails: the watches have looked several times then. */
  public void pumpMails(int count) throws Exception {
    for (var i = 0; i < count; i++) {
      awaitMails(1);
      running().getTaskMailbox().tryTake(0).orElseThrow().run();
    }
  }

  public static void pump(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> operator)
      throws Exception {
    var mail = operator.getTaskMailbox().tryTake(0);
    while (mail.isPresent()) {
      mail.get().run();
      mail = operator.getTaskMailbox().tryTake(0);
    }
  }

  /** Waits until the version is at the end of the log. */
  public void awaitEnd(VersionId version) throws Exception {
    await(
        version + " at the end of the log",
        () -> {
          for (var shard = 0; shard < SHARDS; shard++) {
            if (database.nextOffset(version, shard) < nextOffsets[shard]) {
              return false;
            }
          }
          return true;
        });
  }

  /** What the tables must hold when every event of the log has been applied once. */
  public void assertExact(VersionId version) {
    assertExact(version, log);
  }

  public void assertExact(VersionId version, List<LogRow> rows) {
    var expected = new InMemoryTables();
    var projector = new Projector(TallyReadModel.projection(1, java.util.Set.of()), "a");
    for (var row : rows) {
      if (projector.isOfInterest(row)) {
        expected.apply(projector.changes(row));
      }
    }
    for (var table : List.of(TallyReadModel.TALLIES, TallyReadModel.SUMS)) {
      assertThat(database.tables(version).rows(table)).isEqualTo(expected.rows(table));
    }
  }

  private KeyedOneInputStreamOperatorTestHarness<String, LogRow, LogRow> running() {
    var current = harness;
    if (current == null) {
      throw new IllegalStateException("start() first");
    }
    return current;
  }

  @Override
  public void close() throws Exception {
    if (harness != null) {
      harness.close();
    }
    ALL.remove(id);
  }

  private static ProjectionHarness of(int id) {
    var found = ALL.get(id);
    if (found == null) {
      throw new IllegalStateException("the test is over");
    }
    return found;
  }

  private record LocalProjections(int id) implements ProjectionsLoader {
    @Override
    public Projections load(ClassLoader userCode) {
      return of(id).projections;
    }
  }

  private record LocalStore(int id) implements EventStoreFactory {
    @Override
    public EventStore open() {
      return of(id).aroundStore.apply(of(id).store);
    }
  }

  private record LocalDatabase(int id) implements QueryDatabaseFactory {
    @Override
    public QueryDatabase open() {
      return of(id).aroundDatabase.apply(of(id).database);
    }
  }

  /** What travels with the job graph finds the harness's own views. */
  private record LocalViews(int id) implements ViewLog {
    @Override
    public Topic topic() {
      return of(id).views.topic();
    }

    @Override
    public Map<Integer, Range> ranges(Collection<Integer> partitions) {
      return of(id).views.ranges(partitions);
    }

    @Override
    public Reading read(Map<Integer, Position> from, int maxRecords) {
      return of(id).views.read(from, maxRecords);
    }

    @Override
    public Optional<ViewRecord> find(int partition, long offset) {
      return of(id).views.find(partition, offset);
    }
  }
}
