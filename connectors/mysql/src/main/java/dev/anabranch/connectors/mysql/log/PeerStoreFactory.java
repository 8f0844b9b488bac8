package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.connectors.mysql.schema.StoreDiscovery;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.StoreLayoutException;
import java.util.List;

/**
 * Opens the store of another region for reading: it says itself how its shards are spread. A login
 * that may SELECT is enough, and a schema of an older or a newer release will do.
 *
 * @param region whose store it must be
 * @param databases all of it, in any order; their shards are ignored
 */
public record PeerStoreFactory(
    String region, List<DatabaseConfig> databases, SessionSettings sessions)
    implements EventStoreFactory {

  private static final long serialVersionUID = 1L;

  public PeerStoreFactory {
    databases = List.copyOf(databases);
  }

  @Override
  public EventStore open() {
    var found = StoreDiscovery.readForReading(databases, sessions);
    if (!found.region().equals(region)) {
      throw new StoreLayoutException(
          "the databases of peer.%s.store belong to region '%s': correct their URLs"
              .formatted(region, found.region()));
    }
    return new MySqlEventStoreFactory(found).openForReading();
  }
}
