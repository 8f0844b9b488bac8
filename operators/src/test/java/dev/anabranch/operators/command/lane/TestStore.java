package dev.anabranch.operators.command.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.operators.command.OperatorHarness;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.LogSession;
import dev.anabranch.testkit.store.InMemoryDatabase;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Two databases on the heap, found again after the serialization of their factory. */
public final class TestStore implements AutoCloseable {

  private static final Map<Integer, InMemoryEventStore> STORES = new ConcurrentHashMap<>();
  private static final AtomicInteger IDS = new AtomicInteger();

  private final int id = IDS.incrementAndGet();
  private final InMemoryEventStore store;

  public TestStore() {
    this("a");
  }

  public TestStore(String region) {
    store = new InMemoryEventStore(region, OperatorHarness.SHARDS, 4, 2);
    STORES.put(id, store);
  }

  public EventStoreFactory factory() {
    return new Handle(id);
  }

  public InMemoryDatabase database(int index) {
    return store.database(index);
  }

  /** The database that holds the aggregate. */
  public InMemoryDatabase databaseOf(String aggregate) {
    var shard = Shards.shardOf(aggregate, OperatorHarness.SHARDS);
    return store.database(store.layout().databaseOf(shard));
  }

  /** All rows but fences, which are no outcome of anything. */
  public List<LogRow> allRows() {
    return everyRow().stream().filter(row -> !FenceRow.isOne(row.outcome())).toList();
  }

  public List<LogRow> everyRow() {
    var rows = new ArrayList<>(store.database(0).allRows());
    rows.addAll(store.database(1).allRows());
    return rows;
  }

  public LogSession openSession(int database) {
    return store.open(database);
  }

  /** Shards of which a completed checkpoint has recorded the published rows. */
  public int publishedShards() {
    var shards = IntStream.range(0, OperatorHarness.SHARDS).boxed().toList();
    try (var first = openSession(0);
        var second = openSession(1)) {
      return first.published(shards).size() + second.published(shards).size();
    }
  }

  public long appends() {
    return store.database(0).appends() + store.database(1).appends();
  }

  /**
   * Offsets 0..n per shard, versions 1..n per aggregate, dots 1..n per aggregate and region,
   * command ids once each.
   */
  public void assertSound() {
    var nextOffset = new HashMap<Integer, Long>();
    var nextVersion = new HashMap<AggregateKey, Long>();
    var nextDot = new HashMap<String, Long>();
    var dots = new HashSet<String>();
    var commands = new HashSet<CommandRef>();
    for (var row : everyRow()) {
      var outcome = row.outcome();
      assertThat(row.offset()).isEqualTo(nextOffset.merge(row.shard(), 1L, Long::sum) - 1);
      if (outcome.commandId() != null) {
        var command = outcome.commandId() + "/" + outcome.slot();
        assertThat(commands.add(new CommandRef(outcome.aggregate(), command))).isTrue();
      }
      if (outcome.version() > 0) {
        assertThat(outcome.version())
            .isEqualTo(nextVersion.merge(outcome.aggregate(), 1L, Long::sum));
      }
      var dot = outcome.dot();
      // A payload may come after its tombstone, and takes the same place.
      if (dot != null && dots.add(outcome.aggregate() + "/" + dot)) {
        assertThat(dot.n())
            .isEqualTo(nextDot.merge(outcome.aggregate() + "/" + dot.origin(), 1L, Long::sum));
      }
    }
  }

  @Override
  public void close() {
    STORES.remove(id);
  }

  private record Handle(int id) implements EventStoreFactory {
    @Override
    public EventStore open() {
      return STORES.get(id);
    }
  }
}
