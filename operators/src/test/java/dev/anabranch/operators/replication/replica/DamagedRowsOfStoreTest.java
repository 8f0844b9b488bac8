package dev.anabranch.operators.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.operators.replication.StoreOfA;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The own store has a commit that can't be read any more, and others build on it. */
@Timeout(60)
class DamagedRowsOfStoreTest {

  private static final byte[] UNREADABLE = {99, 1, 2, 3};

  private final TestRegion a = new TestRegion("a", ReplicationHarness.SHARDS);
  private final TestRegion b = new TestRegion("b", ReplicationHarness.SHARDS);
  private StoreOfA store;
  private ReplicationHarness harness;

  @BeforeEach
  void start() throws Exception {
    store = new StoreOfA();
    harness = new ReplicationHarness(store.factory());
  }

  @AfterEach
  void stop() throws Exception {
    harness.close();
    store.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Auto/1", "Hand/1", "Home/1", "Marks/1"})
  void anAggregateThatIsMadeOfTheStoreHasAProblemAndOthersGoOn(String aggregate) throws Exception {
    store.append(a.commit(aggregate, "c1", "x").row());
    store.append(withoutCausality(a.commit(aggregate, "c2", "y").row()));
    store.append(a.commit(aggregate, "c3", "z").row());
    var last = a.commit(aggregate, "c4", "w");
    store.append(last.row());
    harness.restartFromNothing();

    harness.process(last);
    harness.settle();
    harness.crashAndRestore();
    harness.process(a.commit(aggregate, "c5", "v"));
    harness.process(b.commit("Auto/2", "c6", "u"));
    harness.settle();

    assertThat(harness.view(aggregate).problem()).contains("commit a:2");
    assertThat(harness.view(aggregate).revision().toString()).contains("5");
    assertThat(harness.state("Auto/2")).contains("u");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Auto/1", "Hand/1", "Home/1", "Marks/1"})
  void whatWaitsForACommitThatOnlyTheStoreHasIsLetPass(String aggregate) throws Exception {
    var first = a.commit(aggregate, "c1", "x");
    harness.process(first);
    harness.settle();
    // The intake refuses the record of this one.
    store.append(withoutCausality(a.commit(aggregate, "c2", "y").row()));
    harness.process(a.commit(aggregate, "c3", "z"));

    harness.pass(Duration.ofSeconds(6));
    harness.crashAndRestore();
    harness.settle();

    assertThat(harness.view(aggregate).problem()).contains("commit a:2");
    assertThat(harness.view(aggregate).revision().toString()).contains("3");
  }

  @Test
  void aResolutionThatCannotBeReadIsAProblemOfItsAggregate() throws Exception {
    store.append(a.commit("Hand/1", "c1", "x").row());
    store.append(withoutEvents(a.resolve("Hand/1", "a:1").row()));
    var last = a.commit("Hand/1", "c3", "z");
    store.append(last.row());
    harness.restartFromNothing();

    harness.process(last);
    harness.settle();

    assertThat(harness.view("Hand/1").problem()).isNotEmpty();
  }

  private static LogRow withoutCausality(LogRow row) {
    var blobs = row.outcome().blobs();
    return with(row, new Blobs(UNREADABLE, blobs.metadata(), blobs.reply(), blobs.events()));
  }

  private static LogRow withoutEvents(LogRow row) {
    var blobs = row.outcome().blobs();
    return with(row, new Blobs(blobs.causality(), blobs.metadata(), blobs.reply(), UNREADABLE));
  }

  private static LogRow with(LogRow row, Blobs blobs) {
    var outcome = row.outcome();
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            outcome.slot(),
            outcome.dot(),
            outcome.stamp(),
            blobs)
        .at(row.shard(), row.offset());
  }
}
