package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Region a, whose configuration names a, b and c, gets commits of region z. */
class UnnamedRegionTest {

  private final TestRegion a = region("a");
  private final TestRegion b = region("b");
  private final TestRegion c = region("c");
  private final TestRegion z = region("z");
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
  void whatARegionThatIsNotNamedHadNotSeenIsNotTakenForStable() throws Exception {
    var added = a.commit("Marks/1", "k1", "b");
    var byB = take(b, added).commit("Marks/1", "k2", "d");
    var byC = take(take(c, added), byB).commit("Marks/1", "k3", "g");
    // z takes b away, as far as it has seen that b was added: not at all.
    var byZ = z.commit("Marks/1", "k4", "c");
    feed(added, byB, byC);
    assertThat(harness.state("Marks/1")).contains("\"b\"");

    feed(b.take(byZ.row()));

    assertThat(harness.state("Marks/1")).contains("\"b\"").doesNotContain("z:1");
    assertThat(harness.inboundDots()).containsExactly("b:1", "c:1");
  }

  @Test
  void itsCommitsWaitForAStartThatNamesTheRegion() throws Exception {
    var first = z.commit("Auto/1", "c1", "x");
    var second = take(b, first).commit("Auto/1", "c2", "y");
    feed(b.published().get(0), second);
    harness.pass(Duration.ofHours(1));
    assertThat(harness.inboundDots()).as("what depends on them waits, too").isEmpty();
    assertThat(harness.view("Auto/1")).isNull();

    harness.names("a", "b", "c", "z");
    harness.crashAndRestore();
    harness.pass(Duration.ofHours(2));

    assertThat(harness.inboundDots()).containsExactly("z:1", "b:1");
    assertThat(harness.state("Auto/1")).isEqualTo("xy");
  }

  @Test
  void aCommitThatComesAgainAfterItsRegionWasNamedIsLetPassAtOnceAndOnce() throws Exception {
    var first = z.commit("Auto/1", "c1", "x");
    feed(b.take(first.row()));
    harness.names("a", "b", "c", "z");
    harness.crashAndRestore();

    feed(c.take(first.row()));
    harness.pass(Duration.ofHours(2));

    assertThat(harness.inboundDots()).containsExactly("z:1");
  }

  @Test
  void whatTheOwnLogHasIsShown() throws Exception {
    var first = z.commit("Auto/1", "c1", "x");

    feed(a.take(first.row()));

    assertThat(harness.state("Auto/1")).isEqualTo("x");
  }

  private static TestRegion take(TestRegion region, PublishedRow row) {
    region.take(row.row());
    return region;
  }

  private static TestRegion region(String name) {
    return new TestRegion(name, ReplicationHarness.SHARDS);
  }

  private void feed(PublishedRow... rows) throws Exception {
    for (var row : rows) {
      harness.process(row);
      harness.settle();
      harness.crashAndRestore();
    }
  }
}
