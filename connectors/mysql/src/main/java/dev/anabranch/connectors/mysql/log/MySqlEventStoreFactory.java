package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.connectors.mysql.schema.CommonStoreId;
import dev.anabranch.connectors.mysql.schema.LayoutCheck;
import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.connectors.mysql.schema.RegionMeta;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the store that a configuration describes. */
public final class MySqlEventStoreFactory implements EventStoreFactory {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(MySqlEventStoreFactory.class);

  private final MySqlStoreConfig config;

  public MySqlEventStoreFactory(MySqlStoreConfig config) {
    this.config = config;
  }

  @Override
  public EventStore open() {
    return open(LayoutCheck.forWriting(config));
  }

  /**
   * Opens it for tools that only read the log. Unlike {@link #open} it also takes databases that an
   * older release left and nobody has migrated yet.
   */
  public EventStore openForReading() {
    return open(LayoutCheck.forReading(config));
  }

  private EventStore open(LayoutCheck check) {
    var databases = new ArrayList<DatabaseConnector>();
    var unreachable = new ArrayList<StoreUnavailableException>();
    var storeId = new CommonStoreId();
    for (var database : config.databases()) {
      var connector = new DatabaseConnector(database, config.sessions());
      databases.add(connector);
      try {
        storeId.require(connector.where(), readMeta(check, connector));
      } catch (StoreUnavailableException e) {
        unreachable.add(e);
      }
    }
    var known = storeId.get().orElseThrow(() -> noneReachable(unreachable));
    unreachable.forEach(e -> LOG.warn("Opening the event store without it: {}", e.getMessage()));
    return new MySqlEventStore(config.layout(known), check, List.copyOf(databases));
  }

  private static RegionMeta readMeta(LayoutCheck check, DatabaseConnector database) {
    try (var connection = database.connect()) {
      return check.requireReady(database, connection);
    } catch (SQLException e) {
      throw database.failure("read the layout of", e);
    }
  }

  private static StoreUnavailableException noneReachable(List<StoreUnavailableException> each) {
    var messages = each.stream().map(Throwable::getMessage).toList();
    return new StoreUnavailableException(
        "none of the event store's databases can be reached: " + String.join("; ", messages),
        each.get(0));
  }

  /** Without passwords, as its parts. */
  @Override
  public String toString() {
    return "MySqlEventStoreFactory[" + config + "]";
  }
}
