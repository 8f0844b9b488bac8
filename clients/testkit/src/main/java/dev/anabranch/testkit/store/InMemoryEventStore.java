package dev.anabranch.testkit.store;

import dev.anabranch.causality.RegionId;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * An event store on the heap that keeps the port's contract, with faults on demand: for operator
 * tests and simulations.
 *
 * <p><b>Lifecycle.</b> {@link #close} ends one user's use of it; the rows stay, as in a database.
 *
 * <p><b>Threads.</b> Safe for use by several threads.
 */
public final class InMemoryEventStore implements EventStore {

  private final StoreLayout layout;
  private final List<InMemoryDatabase> databases = new ArrayList<>();

  /**
   * @param databaseCount databases, to which the shards are given in contiguous ranges
   */
  public InMemoryEventStore(
      String region, int shardCount, int eventsPartitions, int databaseCount) {
    var names = new ArrayList<String>();
    var homes = new int[shardCount];
    for (var database = 0; database < databaseCount; database++) {
      names.add("db" + database);
      databases.add(new InMemoryDatabase("db" + database));
    }
    for (var shard = 0; shard < shardCount; shard++) {
      homes[shard] = (int) ((long) shard * databaseCount / shardCount);
    }
    this.layout =
        new StoreLayout(
            new RegionId(region),
            UUID.randomUUID().toString(),
            shardCount,
            eventsPartitions,
            List.copyOf(names),
            homes);
  }

  @Override
  public StoreLayout layout() {
    return layout;
  }

  @Override
  public LogSession open(int database) {
    return databases.get(database).open();
  }

  @Override
  public LogSession reopen(int database, LogSession lost) {
    lost.close();
    return open(database);
  }

  /** The database itself, to inspect it and to make it fail. */
  public InMemoryDatabase database(int index) {
    return databases.get(index);
  }

  @Override
  public void close() {
    // The databases outlive their users.
  }
}
