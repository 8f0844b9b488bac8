package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several commits of one aggregate come at once, and the first one makes it be read again. */
class ReadAgainMeanwhileTest {

  private static final int MAX_HELD = 2;

  private final TestRegion a = region("a");
  private final TestRegion b = region("b");
  private final TestRegion c = region("c");
  private StoreOfA store;
  private ReplicationHarness harness;

  @BeforeEach
  void start() throws Exception {
    store = new StoreOfA();
    harness = new ReplicationHarness(store.factory(), MAX_HELD);
  }

  @AfterEach
  void stop() throws Exception {
    harness.close();
    store.close();
  }

  @Test
  void whatNeedWaitNoMoreIsHandedOverThoughTheFirstOfItShowsAFork() throws Exception {
    var z = region("z");
    harness.process(a.commit("Home/1", "c0", "a"));
    harness.process(b.take(z.commit("Home/1", "c1", "x").row()));
    harness.process(b.take(z.commit("Home/1", "c2", "y").row()));
    assertThat(harness.inboundDots()).isEmpty();

    harness.names("a", "b", "c", "z");
    harness.crashAndRestore();
    harness.pass(Duration.ofHours(2));
    harness.process(a.take(z.log().get(0)));
    harness.pass(Duration.ofHours(2));

    assertThat(harness.inboundDots()).containsExactly("z:1", "z:2");
  }

  @Test
  void whatTheStoreHasBehindAForkTakesNoRoomFromWhatIsHeld() throws Exception {
    harness.process(a.commit("Home/1", "c0", "a"));
    var next = b.commit("Auto/1", "d1", "x");
    harness.process(b.published(b.take(a.log().get(0)).row()));
    harness.process(b.commit("Home/1", "c1", "b"));
    harness.checkpoint();
    // Of what the command job has stored nothing has come from the topic yet.
    store.append(a.log().get(0));
    store.append(a.take(b.log().get(2)).row());
    for (var i = 1; i <= MAX_HELD + 1; i++) {
      store.append(a.take(c.commit("Home/1", "f" + i, "c").row()).row());
    }
    harness.pass(Duration.ofMillis(5_001));
    harness.pass(Duration.ofHours(2));
    assertThat(harness.view("Home/1").live()).hasSize(2);

    harness.process(b.commit("Auto/1", "d2", "y"));
    harness.settle();
    harness.process(next);
    harness.settle();

    assertThat(harness.inboundDots()).containsExactly("b:1", "b:1", "b:2");
  }

  private static TestRegion region(String name) {
    return new TestRegion(name, ReplicationHarness.SHARDS);
  }
}
