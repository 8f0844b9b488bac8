package dev.anabranch.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.store.AppendResult;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoreUnavailableException;
import dev.anabranch.testkit.store.InMemoryDatabase.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The store on the heap passes the suite; beyond it, its faults. */
class InMemoryEventStoreTest extends EventStoreConformance {

  private final InMemoryEventStore store = new InMemoryEventStore("eu-west", 8, 4, 2);

  @Override
  protected EventStore newStore() {
    return store;
  }

  @Test
  void losesAConnectionBeforeTheStatementArrives() {
    store.database(0).failNextAppends(Fault.LOSE_BEFORE);
    var row = ConformanceRows.commit(0, 0, "a", 1, "c1");
    try (var session = store.open(0)) {
      assertThat(session.append(List.of(row))).isInstanceOf(AppendResult.Unknown.class);
      assertThat(store.database(0).allRows()).isEmpty();
      assertThat(store.reopen(0, session).append(List.of(row)))
          .isEqualTo(AppendResult.Appended.INSTANCE);
    }
  }

  @Test
  void losesAConnectionAfterTheRowsAreDurable() {
    store.database(0).failNextAppends(Fault.LOSE_AFTER);
    var row = ConformanceRows.commit(0, 0, "a", 1, "c1");
    try (var session = store.open(0)) {
      assertThat(session.append(List.of(row))).isInstanceOf(AppendResult.Unknown.class);
      assertThat(store.database(0).allRows()).containsExactly(row);
      assertThat(store.reopen(0, session).append(List.of(row)))
          .isEqualTo(AppendResult.Appended.INSTANCE);
      assertThat(store.database(0).allRows()).containsExactly(row);
    }
  }

  @Test
  void oneDatabaseMayBeDownWhileTheOtherGoesOn() {
    var session = store.open(1);
    store.database(0).setDown(true);

    assertThatThrownBy(() -> store.open(0)).isInstanceOf(StoreUnavailableException.class);
    assertThat(session.append(List.of(ConformanceRows.commit(4, 0, "a", 1, "c1"))))
        .isEqualTo(AppendResult.Appended.INSTANCE);
  }

  @Test
  void forgetsRowsAsAReplicaThatLagged() {
    try (var session = store.open(0)) {
      var kept = ConformanceRows.commit(0, 0, "a", 1, "c1");
      var lost = ConformanceRows.commit(0, 1, "a", 2, "c2");
      session.append(List.of(kept, lost));
      store.database(0).loseRows(0, 1);

      assertThat(session.read(0, 0, 10)).containsExactly(kept);
      assertThat(session.append(List.of(lost))).isEqualTo(AppendResult.Appended.INSTANCE);
    }
  }
}
