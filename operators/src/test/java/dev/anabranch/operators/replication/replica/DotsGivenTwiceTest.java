package dev.anabranch.operators.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.StoreOfA;
import java.time.Duration;
import org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two contents under one dot, and an own store behind what the job has read of its log. */
class DotsGivenTwiceTest {

  private final TestRegion a = region("a");
  private final TestRegion b = region("b");
  private final TestRegion c = region("c");
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
  void anOwnRowWithOtherContentUnderAKnownDotIsReported() throws Exception {
    feed(a.commit("Auto/1", "c1", "x"));

    process(region("a").commit("Auto/1", "c9", "other"));

    assertThat(harness.deadLetters())
        .extracting(DeadLetter::code)
        .containsExactly(CommitPrints.OWN_DIFFERS);
  }

  @Test
  void aPeersRowWithOtherContentUnderAKnownDotIsReported() throws Exception {
    feed(b.commit("Auto/1", "c1", "x"));

    process(region("b").commit("Auto/1", "c9", "other"));

    assertThat(harness.deadLetters())
        .extracting(DeadLetter::code)
        .containsExactly(CommitPrints.DIFFERS);
    assertThat(harness.state("Auto/1")).contains("x").doesNotContain("other");
  }

  @Test
  void aPeersRowIsComparedWithWhatTheStoreHasOfIt() throws Exception {
    var known = b.commit("Auto/1", "c1", "x");
    store.append(a.take(known.row()).row());
    harness.restartFromNothing();
    process(b.commit("Auto/1", "c2", "y"));

    process(region("b").commit("Auto/1", "c9", "other"));

    assertThat(harness.deadLetters())
        .extracting(DeadLetter::code)
        .containsExactly(CommitPrints.DIFFERS);
  }

  @Test
  void aPeersRowIsComparedWithWhatWasThereBeforeARestart() throws Exception {
    feed(b.commit("Auto/1", "c1", "x"));
    harness.crashAndRestore();

    process(region("b").commit("Auto/1", "c9", "other"));

    assertThat(harness.deadLetters())
        .extracting(DeadLetter::code)
        .containsExactly(CommitPrints.DIFFERS);
  }

  @Test
  void aCommitThatComesByTwoWaysIsNoReport() throws Exception {
    var commit = b.commit("Auto/1", "c1", "x");
    feed(commit);

    process(c.take(commit.row()));
    process(a.take(commit.row()));
    process(commit);

    assertThat(harness.deadLetters()).isEmpty();
  }

  @Test
  void aStoreThatLostRowsWhichTheJobHasReadIsRefused() throws Exception {
    harness.storeLags();
    harness.process(a.commit("Auto/1", "c1", "x"));
    harness.settle();

    harness.crashAndRestore();

    assertThatThrownBy(() -> harness.failure())
        .hasStackTraceContaining("lost acknowledged rows")
        .satisfies(e -> assertThat(ExecutionFailureHandler.isUnrecoverableError(e)).isTrue());
  }

  @Test
  void aStoreThatHasAnotherRowInThePlaceOfOneThatTheJobHasReadIsRefused() throws Exception {
    harness.storeLags();
    harness.process(a.commit("Auto/1", "c1", "x"));
    harness.settle();
    store.append(region("a").take(b.commit("Auto/1", "c9", "other").row()).row());

    harness.crashAndRestore();

    assertThatThrownBy(() -> harness.failure()).hasStackTraceContaining("lost acknowledged rows");
  }

  @Test
  void aStoreThatLosesRowsWhileTheJobRunsIsRefused() throws Exception {
    harness.storeLags();
    harness.process(a.commit("Auto/1", "c1", "x"));

    refusedWithinSeconds();
  }

  @Test
  void aRowThatComesWhileTheStoreIsAskedIsLookedForTheNextTime() throws Exception {
    harness.process(a.commit("Auto/1", "c1", "x"));
    harness.passUnanswered(Duration.ofSeconds(6));
    harness.storeLags();
    harness.process(a.commit("Auto/1", "c2", "y"));
    harness.runOneMail(); // The store has the first one.

    refusedWithinSeconds();
  }

  @Test
  void aStartFromNothingRefusesItAsSoonAsItHasReadWhatTheStoreLacks() throws Exception {
    var lost = a.commit("Auto/1", "c1", "x");
    harness.storeLags();
    harness.process(lost);
    harness.restartFromNothing();
    harness.settle();

    harness.process(lost);

    refusedWithinSeconds();
  }

  @Test
  void rowsThatAreThereAreNotRefusedHoweverLongTheJobRuns() throws Exception {
    for (var i = 0; i < 3; i++) {
      harness.process(a.commit("Auto/" + i, "c" + i, "x"));
      harness.pass(Duration.ofSeconds(6));
    }

    assertThat(harness.view("Auto/2")).isNotNull();
  }

  private void refusedWithinSeconds() {
    assertThatThrownBy(
            () -> {
              harness.pass(Duration.ofSeconds(6));
              harness.failure();
            })
        .hasStackTraceContaining("lost acknowledged rows")
        .satisfies(e -> assertThat(ExecutionFailureHandler.isUnrecoverableError(e)).isTrue());
  }

  private void process(PublishedRow row) throws Exception {
    harness.process(row);
    harness.settle();
  }

  private void feed(PublishedRow... rows) throws Exception {
    for (var row : rows) {
      process(row);
      harness.crashAndRestore();
    }
  }

  private static TestRegion region(String name) {
    return new TestRegion(name, ReplicationHarness.SHARDS);
  }
}
