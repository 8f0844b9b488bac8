package dev.anabranch.cli.log;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Shards;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.store.StoredLog;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The session of the database that is being read, and of no other: servers close idle connections
 * within half a minute.
 *
 * <p><b>Threads.</b> One.
 */
public final class CurrentSession implements AutoCloseable {

  private final EventStore store;
  private int database = -1;
  private @Nullable StoredLog session;

  public CurrentSession(EventStore store) {
    this.store = store;
  }

  /** Reads the home of the aggregate's shard. */
  public LogReads of(AggregateKey aggregate) {
    return of(Shards.shardOf(aggregate, store.layout().shardCount()));
  }

  /** Reads the home of the shard. */
  public LogReads of(int shard) {
    return new LogReads(this, store.layout().databaseOf(shard));
  }

  /** Only reads may be asked for: what is asked of a lost session is asked of its successor. */
  <T> T ask(int of, Function<StoredLog, T> read) {
    var open = database == of && session != null;
    try {
      return read.apply(session(of));
    } catch (StoreUnavailableException e) {
      if (!open) {
        throw e;
      }
      close();
      return read.apply(session(of));
    }
  }

  private StoredLog session(int of) {
    var current = session;
    if (current == null || of != database) {
      close();
      current = store.read(of);
      session = current;
      database = of;
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
