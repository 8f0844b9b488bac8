package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.Shards;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the job has not read all of a shard of its own log, no aggregate of it is new to it. */
class OwnLogTest {

  private static final String FIRST = "Auto/1";
  private static final String SECOND = inTheShardOf(FIRST);

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

  @Test
  void afterAGapInTheTopicAnAggregateIsReadFromTheStore() throws Exception {
    harness.process(a.commit(FIRST, "c1", "x"));
    harness.pass(Duration.ofSeconds(1));
    store.append(a.commit(SECOND, "c2", "hidden").row());
    harness.process(a.commit(FIRST, "c3", "y"));
    harness.process(b.commit(SECOND, "c4", "z"));
    harness.settle();

    assertThat(harness.state(SECOND)).contains("hidden", "z");
  }

  @Test
  void aShardThatHasRowsIsNotTakenForAnEmptyOne() throws Exception {
    store.append(a.commit(FIRST, "c1", "x").row());
    store.append(a.commit(SECOND, "c2", "hidden").row());
    harness.process(b.commit(FIRST, "c3", "y"));
    harness.settle();

    harness.process(b.commit(SECOND, "c4", "z"));
    harness.settle();

    assertThat(harness.state(SECOND)).contains("hidden", "z");
  }

  private static String inTheShardOf(String aggregate) {
    var shard = Shards.shardOf(aggregate, ReplicationHarness.SHARDS);
    for (var i = 2; ; i++) {
      if (Shards.shardOf("Auto/" + i, ReplicationHarness.SHARDS) == shard) {
        return "Auto/" + i;
      }
    }
  }
}
