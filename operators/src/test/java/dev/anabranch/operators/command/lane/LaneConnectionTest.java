package dev.anabranch.operators.command.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.operators.task.TaskThreads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneConnectionTest {

  private final TestStore store = new TestStore();
  private final LaneConnection connection =
      new LaneConnection(store.factory().open(), 0, TaskThreads.REAL);

  @AfterEach
  void stop() {
    connection.close();
    store.close();
  }

  /** Nobody asks it for anything: the pings are all that it does. */
  @Test
  void anIdleConnectionNoticesThatItsDatabaseIsAwayAndThatItIsBack() throws Exception {
    connection.call(session -> session.hasParkedCommands());
    store.database(0).setDown(true);
    connection.ping();
    assertThat(connection.isDown()).isTrue();
    connection.ping();
    assertThat(connection.isDown()).isTrue();
    assertThat(connection.downNanos()).isPositive();

    store.database(0).setDown(false);
    connection.ping();

    assertThat(connection.isDown()).isFalse();
    assertThat(connection.downNanos()).isZero();
  }

  /** A lane that has nothing to do yet opens no connection for a ping. */
  @Test
  void aConnectionThatWasNeverAskedForIsNotDown() throws Exception {
    store.database(0).setDown(true);
    connection.ping();
    assertThat(connection.isDown()).isFalse();
  }
}
