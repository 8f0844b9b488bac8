package dev.anabranch.operators.replication.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.Domain;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.NoteDomain;
import dev.anabranch.operators.replication.ReplicationOptions;
import dev.anabranch.operators.replication.StoreOfA;
import dev.anabranch.operators.replication.intake.LogNote.Kind;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple5;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Region a may read the store of its peer b, and rows of b's log are in no topic any more. */
class PeerStoreTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final AtomicBoolean DOWN = new AtomicBoolean();
  private static final AtomicInteger OPENED = new AtomicInteger();

  private final TestRegion b = new TestRegion("b", ReplicationHarness.SHARDS);
  private final List<PublishedRow> rows = new ArrayList<>();
  private StoreOfA store;
  private EventStoreFactory factory;
  private PeerFilter filter = PeerFilter.NONE;
  private KeyedOneInputStreamOperatorTestHarness<
          String, Tuple5<String, Integer, Long, Long, Integer>, PublishedRow>
      harness;
  private int shard;
  private long now = 1_000_000;
  private long checkpoint = 1;

  @BeforeEach
  void start() throws Exception {
    DOWN.set(false);
    OPENED.set(0);
    store = new StoreOfA("b");
    factory = new Failing(store.factory());
    harness = start(null);
  }

  @AfterEach
  void stop() throws Exception {
    harness.close();
    store.close();
  }

  @Test
  void rowsThatNoTopicHasAreTakenFromThePeersStore() throws Exception {
    log(6);
    note(0, 1);
    note(4, 6);
    pass(PATIENCE);
    assertThat(requests()).as("the topics are asked first").isEqualTo(1);
    assertThat(rows).isEmpty();

    pass(PATIENCE.multipliedBy(2));
    await(3);

    assertThat(offsets()).containsExactly(1L, 2L, 3L);
    assertThat(rows).allMatch(row -> row.region().equals("b"));
    crashAndRestore();
    pass(PATIENCE.multipliedBy(1_000));
    assertThat(requests()).as("nothing is missing any more").isZero();
  }

  @Test
  void aTaskThatDiesWhileTheStoreIsReadAsksAgain() throws Exception {
    log(4);
    note(0, 1);
    note(3, 4);
    pass(PATIENCE);
    pass(PATIENCE.multipliedBy(2));
    crashAndRestore();
    rows.clear();

    pass(PATIENCE.multipliedBy(4));
    await(2);

    assertThat(offsets()).containsExactly(1L, 2L);
  }

  @Test
  void whatThePeerHasGivenUpIsNotTaken() throws Exception {
    log(4);
    note(0, 1);
    note(3, 4);
    pass(PATIENCE);
    send(new LogNote("b", shard, 2, 3, Kind.FORGOTTEN));
    pass(PATIENCE.multipliedBy(2));
    pass(PATIENCE.multipliedBy(2));
    await(1);
    crashAndRestore();
    pass(PATIENCE.multipliedBy(100));

    assertThat(offsets()).containsExactly(1L);
  }

  @Test
  void aStoreThatIsAwayIsTriedAgain() throws Exception {
    log(3);
    DOWN.set(true);
    note(0, 1);
    note(2, 3);
    pass(PATIENCE);
    pass(PATIENCE.multipliedBy(2));
    var deadline = System.nanoTime() + DEADLINE.toNanos();
    while (OPENED.get() < 3 && System.nanoTime() < deadline) {
      pump();
    }
    assertThat(OPENED.get()).isGreaterThanOrEqualTo(3);
    assertThat(requests()).as("topics are asked all the same").isEqualTo(2);

    DOWN.set(false);
    await(1);

    assertThat(offsets()).containsExactly(1L);
  }

  @Test
  void theStoreOfAnotherRegionIsNotRead() throws Exception {
    log(3);
    var other = new StoreOfA("c");
    b.published().forEach(row -> other.append(row.row()));
    factory = new Failing(other.factory());
    crashAndRestore();
    OPENED.set(0);
    note(0, 1);
    note(2, 3);
    pass(PATIENCE);
    pass(PATIENCE.multipliedBy(2));

    var deadline = System.nanoTime() + DEADLINE.toNanos();
    while (OPENED.get() < 3 && System.nanoTime() < deadline) {
      pump();
    }
    assertThat(OPENED.get()).isGreaterThanOrEqualTo(3);
    assertThat(rows).isEmpty();
    other.close();
  }

  @Test
  void manyRowsComeInPagesAndEachOnce() throws Exception {
    var count = 2 * PeerStoreReader.PAGE_ROWS + 10;
    log(count);
    note(0, 1);
    note(count - 1, count);
    pass(PATIENCE);
    pass(PATIENCE.multipliedBy(2));
    await(count - 2);

    assertThat(offsets()).hasSize(count - 2).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void whatTheConnectionDoesNotTakeComesAsATombstoneFromTheStoreToo() throws Exception {
    log(3);
    filter = new PeerFilter(List.of("Other"), "", "");
    crashAndRestore();
    note(0, 1);
    note(2, 3);
    pass(PATIENCE);
    pass(PATIENCE.multipliedBy(2));
    var deadline = System.nanoTime() + DEADLINE.toNanos();
    while (missing() > 0 && System.nanoTime() < deadline) {
      pump();
    }

    assertThat(missing()).isZero();
    assertThat(rows)
        .singleElement()
        .extracting(row -> row.row().outcome().kind())
        .isEqualTo(RowKind.TOMBSTONE);
  }

  /** Rows of one shard, all in b's store. */
  private void log(int count) {
    for (var i = 0; i < count; i++) {
      var row = b.commit("Auto/1", "c" + i, "x");
      store.append(row.row());
      shard = row.row().shard();
    }
  }

  private List<Long> offsets() {
    return rows.stream().map(row -> row.row().offset()).toList();
  }

  private void note(long from, long to) throws Exception {
    send(new LogNote("b", shard, from, to, Kind.READ_FROM_BEGINNING));
  }

  private void send(LogNote note) throws Exception {
    harness.processElement(new StreamRecord<>(note.toTuple()));
  }

  private void pass(Duration time) throws Exception {
    now += time.toMillis();
    harness.setProcessingTime(now);
  }

  /** How often topics were asked since the last look at it. */
  private int requests() {
    var queue = harness.getSideOutput(LogWatch.REQUESTS);
    if (queue == null) {
      return 0;
    }
    var count = queue.size();
    queue.clear();
    return count;
  }

  private long missing() throws Exception {
    requests();
    pass(PATIENCE.multipliedBy(200));
    return requests();
  }

  private void await(int count) throws Exception {
    var deadline = System.nanoTime() + DEADLINE.toNanos();
    while (rows.size() < count && System.nanoTime() < deadline) {
      pump();
    }
    assertThat(rows).hasSize(count);
  }

  private void pump() throws Exception {
    var mail = harness.getTaskMailbox().tryTake(0);
    if (mail.isPresent()) {
      mail.get().run();
    }
    var output = harness.getOutput();
    for (var element = output.poll(); element != null; element = output.poll()) {
      @SuppressWarnings("unchecked") // the operator emits rows only
      var row = ((StreamRecord<PublishedRow>) element).getValue();
      rows.add(row);
    }
    Thread.onSpinWait();
  }

  private void crashAndRestore() throws Exception {
    var snapshot = harness.snapshot(checkpoint++, now);
    harness.close();
    harness = start(snapshot);
  }

  private KeyedOneInputStreamOperatorTestHarness<
          String, Tuple5<String, Integer, Long, Long, Integer>, PublishedRow>
      start(@Nullable OperatorSubtaskState from) throws Exception {
    var options =
        new ReplicationOptions(
            "a",
            ReplicationHarness.SHARDS,
            List.of("a", "b", "c"),
            100,
            PATIENCE,
            Duration.ofMinutes(1),
            10,
            2,
            ReplicationOptions.DEFAULT_CACHED_BYTES);
    var stores =
        Map.of(
            "b", new LogWatchFactory.PeerStore(factory, filter, new LocalDomain(new NoteDomain())));
    var created =
        new KeyedOneInputStreamOperatorTestHarness<
            String, Tuple5<String, Integer, Long, Long, Integer>, PublishedRow>(
            new LogWatchFactory(
                options.region(), options.regions().size(), options.holdPatience(), stores),
            LogWatchFactory.key(),
            Types.STRING,
            ReplicationHarness.SHARDS,
            1,
            0);
    if (from != null) {
      created.initializeState(from);
    }
    created.open();
    created.setProcessingTime(now);
    return created;
  }

  /** A store that may be away. */
  private record Failing(EventStoreFactory store) implements EventStoreFactory {
    @Override
    public EventStore open() {
      OPENED.incrementAndGet();
      if (DOWN.get()) {
        throw new StoreUnavailableException("it is down", null);
      }
      return store.open();
    }
  }

  /** A domain that needs no service file. */
  private record LocalDomain(Domain domain) implements DomainLoader {
    @Override
    public AggregateTypes load(ClassLoader userCode) {
      return AggregateTypes.of(domain);
    }
  }
}
