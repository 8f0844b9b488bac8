package dev.anabranch.operators.replication;

import dev.anabranch.model.LogRow;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.task.PageWatch;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The store of region a on the heap, found again after the serialization of its factory. */
public final class StoreOfA implements AutoCloseable {

  private static final Map<Integer, EventStore> STORES = new ConcurrentHashMap<>();
  private static final AtomicInteger IDS = new AtomicInteger();

  private final int id = IDS.incrementAndGet();
  private final InMemoryEventStore store;
  private final PageWatch watch = new PageWatch();

  public StoreOfA() {
    this("a");
  }

  /** That of another region. */
  public StoreOfA(String region) {
    store = new InMemoryEventStore(region, ReplicationHarness.SHARDS, 4, 2);
    STORES.put(id, watch.around(store));
  }

  public EventStoreFactory factory() {
    return new Handle(id);
  }

  public void append(LogRow row) {
    try (var session = store.open(store.layout().databaseOf(row.shard()))) {
      var result = session.append(List.of(row));
      if (!(result instanceof AppendResult.Appended)) {
        throw new IllegalStateException("row " + row.position() + " is not stored: " + result);
      }
    }
  }

  /** From here on aggregates are read row by row. */
  public void rowByRow() {
    watch.oneRowAPage();
  }

  /** Bytes of the largest answer that a reader got. */
  public long mostRead() {
    return watch.most();
  }

  @Override
  public void close() {
    STORES.remove(id);
  }

  private record Handle(int id) implements EventStoreFactory {
    @Override
    public EventStore open() {
      var store = STORES.get(id);
      if (store == null) {
        throw new IllegalStateException("the store is gone");
      }
      return store;
    }
  }
}
