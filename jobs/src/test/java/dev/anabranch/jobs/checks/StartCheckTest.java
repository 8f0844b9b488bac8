package dev.anabranch.jobs.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.kafka.source.CommandSource.Start;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.testkit.store.InMemoryEventStore;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where a job without a checkpoint begins to read, by what the databases say. */
class StartCheckTest {

  private final InMemoryEventStore store = new InMemoryEventStore("eu", 8, 4, 2);

  @Test
  void commandsStartWhereTheGroupStands() {
    assertThat(StartCheck.startOf(Start.COMMITTED, store)).isEqualTo(Start.COMMITTED);
    assertThat(StartCheck.startOf(Start.EARLIEST, store)).isEqualTo(Start.EARLIEST);
  }

  @Test
  void oneDatabaseWithParkedCommandsIsEnoughToReadAll() {
    recordParked(1, Set.of(3));
    assertThat(StartCheck.startOf(Start.COMMITTED, store)).isEqualTo(Start.EARLIEST);

    recordParked(1, Set.of());
    assertThat(StartCheck.startOf(Start.COMMITTED, store)).isEqualTo(Start.COMMITTED);
  }

  @Test
  void aDatabaseThatCannotBeAskedMayHaveParkedCommands() {
    assertThat(StartCheck.startOf(Start.COMMITTED, new SecondDatabaseDown(store)))
        .isEqualTo(Start.EARLIEST);
  }

  private void recordParked(int database, Set<Integer> parked) {
    try (var session = store.open(database)) {
      session.recordParked(0, 7, parked);
    }
  }

  private record SecondDatabaseDown(EventStore real) implements EventStore {

    @Override
    public StoreLayout layout() {
      return real.layout();
    }

    @Override
    public LogSession open(int database) {
      if (database == 1) {
        throw new StoreUnavailableException("down", null);
      }
      return real.open(database);
    }

    @Override
    public LogSession reopen(int database, LogSession lost) {
      return open(database);
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
