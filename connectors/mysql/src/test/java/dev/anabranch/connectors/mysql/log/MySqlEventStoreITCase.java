package dev.anabranch.connectors.mysql.log;

import dev.anabranch.connectors.mysql.TestRegion;
import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.store.EventStore;
import dev.anabranch.testkit.store.EventStoreConformance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The suite that every event store passes, on a real server, for both ways to send rows. */
class MySqlEventStoreITCase {

  @Nested
  class WithStatementsAsText extends Conformance {
    WithStatementsAsText() {
      super(InsertStrategy.TEXT);
    }
  }

  @Nested
  class WithBoundValues extends Conformance {
    WithBoundValues() {
      super(InsertStrategy.BIND);
    }
  }

  private abstract static class Conformance extends EventStoreConformance {
    private final InsertStrategy strategy;
    private TestRegion region;

    Conformance(InsertStrategy strategy) {
      this.strategy = strategy;
    }

    @Override
    protected EventStore newStore() {
      region = new TestRegion(SessionSettings.DEFAULTS.withInsertStrategy(strategy));
      return region.store();
    }

    @AfterEach
    void closeRegion() {
      region.close();
    }
  }
}
