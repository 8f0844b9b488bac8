package dev.anabranch.cli.log;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Shards;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import org.jspecify.annotations.Nullable;

/**
 * The session of the database that is being read, and of no other: servers close idle connections
 * within half a minute.
 */
public final class CurrentSession implements AutoCloseable {

  private final EventStore store;
  private int database = -1;
  private @Nullable LogSession session;

  public CurrentSession(EventStore store) {
    this.store = store;
  }

  /** A session on the home of the aggregate's shard; ends that of another database. */
  public LogSession of(AggregateKey aggregate) {
    return of(Shards.shardOf(aggregate, store.layout().shardCount()));
  }

  /** A session on the home of the shard; ends that of another database. */
  public LogSession of(int shard) {
    var home = store.layout().databaseOf(shard);
    var current = session;
    if (current == null || home != database) {
      close();
      current = store.open(home);
      session = current;
      database = home;
    }
    return current;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
      session = null;
    }
  }
}
