package dev.anabranch.simulation.store;

import dev.anabranch.causality.RegionId;
import dev.anabranch.simulation.time.Scheduler;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The databases of a region, for any number of users: each call takes some virtual time, and what a
 * killed user has sent may still take effect.
 */
public final class SimulatedStore implements EventStore {

  private static final String STORE_ID = "00000000-0000-4000-8000-000000000001";

  private final StoreLayout layout;
  private final List<SimulatedDatabase> databases = new ArrayList<>();

  public SimulatedStore(
      String region,
      int shards,
      int partitions,
      int databases,
      Scheduler time,
      SplittableRandom r) {
    var names = new ArrayList<String>();
    var homes = new int[shards];
    for (var database = 0; database < databases; database++) {
      names.add("db" + database);
      this.databases.add(
          new SimulatedDatabase(
              "db" + database, new Backing(region, shards, partitions), time, r.split()));
    }
    for (var shard = 0; shard < shards; shard++) {
      homes[shard] = shard * databases / shards;
    }
    layout =
        new StoreLayout(
            new RegionId(region), STORE_ID, shards, partitions, List.copyOf(names), homes);
  }

  /** How the in-memory store behind a database is made. */
  record Backing(String region, int shards, int partitions) {}

  @Override
  public StoreLayout layout() {
    return layout;
  }

  public SimulatedDatabase database(int index) {
    return databases.get(index);
  }

  public List<SimulatedDatabase> databases() {
    return databases;
  }

  /**
   * What a factory checks where a task starts.
   *
   * @throws StoreUnavailableException if no database can be reached
   */
  public EventStore reach() {
    if (databases.stream().noneMatch(SimulatedDatabase::isUp)) {
      throw new StoreUnavailableException("no database can be reached", null);
    }
    return this;
  }

  @Override
  public LogSession open(int database) {
    return databases.get(database).open();
  }

  @Override
  public LogSession reopen(int database, LogSession lost) {
    return databases.get(database).reopen((SimulatedSession) lost);
  }

  @Override
  public void close() {
    // The databases outlive their users.
  }
}
