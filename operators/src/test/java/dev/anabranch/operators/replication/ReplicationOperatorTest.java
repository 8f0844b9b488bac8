package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.HybridLogicalClock;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.ConflictStatus;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cases of the operator of region a, each record followed by a crash and a restore. */
class ReplicationOperatorTest {

  private final TestRegion a = new TestRegion("a", ReplicationHarness.SHARDS);
  private final TestRegion b = new TestRegion("b", ReplicationHarness.SHARDS);
  private final TestRegion c = new TestRegion("c", ReplicationHarness.SHARDS);
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
  void aRemoteCommitIsHandedOnAndShown() throws Exception {
    feed(b.commit("Auto/1", "c1", "x"));

    assertThat(harness.inboundDots()).containsExactly("b:1");
    assertThat(harness.inbound().get(0).region()).isEqualTo("b");
    assertThat(harness.state("Auto/1")).isEqualTo("x");
    assertThat(harness.view("Auto/1").revision().toString()).contains("b");
  }

  @Test
  void anOwnCommitIsShownAndNotHandedOn() throws Exception {
    feed(a.commit("Auto/1", "c1", "x"));
    feed(a.rejected("Auto/1", "c2"));

    assertThat(harness.inbound()).isEmpty();
    assertThat(harness.state("Auto/1")).isEqualTo("x");
  }

  @Test
  void whatComesTwiceOrByTwoWaysIsHandedOnOnce() throws Exception {
    var commit = b.commit("Auto/1", "c1", "x");
    var relayed = c.take(commit.row());
    feed(commit, relayed, commit, a.take(commit.row()));

    assertThat(harness.inboundDots()).containsExactly("b:1");
    assertThat(harness.state("Auto/1")).isEqualTo("x");
  }

  @Test
  void aCommitWaitsForWhatItDependsOn() throws Exception {
    var first = b.commit("Auto/1", "c1", "x");
    c.take(first.row());
    var second = c.commit("Auto/1", "c2", "y");
    var third = c.commit("Auto/1", "c3", "z");
    feed(third, second);
    assertThat(harness.inbound()).isEmpty();
    assertThat(harness.view("Auto/1")).isNull();

    feed(first);

    assertThat(harness.inboundDots()).containsExactly("b:1", "c:1", "c:2");
    assertThat(harness.state("Auto/1")).isEqualTo("xyz");
  }

  @Test
  void aDeclaredResolverMakesOneStateAndTheConflictIsRecorded() throws Exception {
    feed(a.commit("Auto/1", "c1", "x"), b.commit("Auto/1", "c2", "y"));

    assertThat(harness.state("Auto/1")).isEqualTo("(:x|y)");
    assertThat(harness.view("Auto/1").conflict()).isFalse();
    assertThat(harness.conflictTexts()).containsExactly("resolved a:1+b:1");
    assertThat(harness.conflicts().get(0).settlement().resolverId()).isEqualTo("join");

    a.take(b.log().get(0));
    feed(a.log().get(1), "a");
    feed(a.commit("Auto/1", "c3", "z"));

    assertThat(harness.state("Auto/1")).isEqualTo("(:x|y)z");
    assertThat(harness.conflictTexts()).containsExactly("resolved a:1+b:1", "resolved a:1+b:1");
    assertThat(harness.conflicts().get(1).settlement().how()).isEqualTo("commit");
  }

  /** The command job has not applied yet what came here from the peers. */
  @Test
  void anOwnCommitMayBeBuiltOnWhatOthersHaveLongLeftBehind() throws Exception {
    var base = b.commit("Hand/1", "c0", "x");
    a.take(base.row());
    var own = a.commit("Hand/1", "own", "y");
    var late = growElsewhere(base);
    feed(base);
    feed(late.toArray(new PublishedRow[0]));

    feed(a.log().get(0), "a");
    feed(own);

    assertThat(live("Hand/1")).containsExactlyInAnyOrder("a:1", "c:1");
  }

  /** What the own log has is stable, and a commit before it in that log was lost on the way. */
  @Test
  void aGraphThatLacksWhatACommitIsBuiltOnIsBuiltAnewFromTheStore() throws Exception {
    var base = b.commit("Hand/1", "c0", "x");
    a.take(base.row());
    var own = a.commit("Hand/1", "own", "y");
    var late = growElsewhere(base);
    late.forEach(row -> a.take(row.row()));
    feed(base);
    feed(late.toArray(new PublishedRow[0]));
    for (var row : a.log()) {
      if (!row.equals(own.row())) {
        feed(row, "a");
      }
    }
    // Compaction is tried when the graph has doubled.
    var newest = new ArrayList<PublishedRow>();
    for (var i = 0; i < 20; i++) {
      newest.add(c.commit("Hand/1", "new-" + i, "z"));
      feed(newest.get(i));
    }

    a.log().forEach(store::append);
    feed(own);
    harness.pass(Duration.ofSeconds(2));
    assertThat(live("Hand/1")).containsExactlyInAnyOrder("a:1", "c:1");

    for (var row : newest) {
      feed(a.take(row.row()));
    }
    assertThat(live("Hand/1")).containsExactlyInAnyOrder("a:1", "c:21");
  }

  /** Commits of b on the first, and one of c on all of them. */
  private List<PublishedRow> growElsewhere(PublishedRow base) {
    var rows = new ArrayList<PublishedRow>();
    c.take(base.row());
    for (var i = 0; i < 20; i++) {
      var row = b.commit("Hand/1", "grow-" + i, "x");
      c.take(row.row());
      rows.add(row);
    }
    rows.add(c.commit("Hand/1", "all", "x"));
    return rows;
  }

  private List<String> live(String aggregate) {
    return harness.view(aggregate).live().stream().map(v -> v.dot().toString()).toList();
  }

  @Test
  void aConflictIsOpenedExtendedAndResolvedByHand() throws Exception {
    feed(a.commit("Hand/1", "c1", "x"), b.commit("Hand/1", "c2", "y"));
    assertThat(harness.view("Hand/1").conflict()).isTrue();
    assertThat(harness.view("Hand/1").state()).isNull();
    assertThat(harness.view("Hand/1").live()).hasSize(2);

    feed(c.commit("Hand/1", "c3", "z"));
    b.take(a.log().get(0));
    b.take(c.log().get(0));
    feed(b.resolve("Hand/1", "b:1", "a:1", "c:1"));

    assertThat(harness.state("Hand/1")).isEqualTo("y");
    assertThat(harness.conflictTexts())
        .containsExactly("opened a:1+b:1", "extended a:1+b:1", "resolved a:1+b:1");
    var settled = harness.conflicts().get(2).settlement();
    assertThat(settled.who()).isEqualTo("kim");
    assertThat(settled.selected()).hasToString("b:1");
    assertThat(harness.conflicts())
        .extracting(conflict -> conflict.position())
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void theLaterOfTwoResolutionsThatClashIsVoid() throws Exception {
    feed(a.commit("Hand/1", "c1", "x"), b.commit("Hand/1", "c2", "y"));
    a.take(b.log().get(0));
    b.take(a.log().get(0));
    feed(a.resolve("Hand/1", "a:1", "b:1"));
    feed(b.resolve("Hand/1", "b:1", "a:1"));

    assertThat(harness.state("Hand/1")).isEqualTo("x");
    assertThat(harness.view("Hand/1").voided()).hasSize(1);
    assertThat(harness.conflictTexts())
        .containsExactly("opened a:1+b:1", "resolved a:1+b:1", "voided void b:2");
  }

  @Test
  void oneCommandAcceptedTwiceCountsOnce() throws Exception {
    feed(a.commit("Auto/1", "same", "x"), b.commit("Auto/1", "same", "y"));

    assertThat(harness.state("Auto/1")).isEqualTo("x");
    assertThat(harness.view("Auto/1").voided()).extracting(v -> v.reason()).containsExactly("twin");
    assertThat(harness.conflictTexts()).containsExactly("voided void b:1");
  }

  @Test
  void aResolverThatFailsLeavesAnOpenConflictOfThatAggregateOnly() throws Exception {
    feed(a.commit("Bad/1", "c1", "x"), b.commit("Bad/1", "c2", "y"), b.commit("Bad/2", "c3", "z"));

    assertThat(harness.view("Bad/1").conflict()).isTrue();
    assertThat(harness.view("Bad/1").problem()).contains("throw").contains("no way");
    assertThat(harness.conflicts().get(0).status()).isEqualTo(ConflictStatus.OPENED);
    assertThat(harness.conflicts().get(0).problem()).contains("a:1", "b:1");
    assertThat(harness.state("Bad/2")).isEqualTo("z");
  }

  @Test
  void aCommitThatCantBeFoldedIsShownAsAProblem() throws Exception {
    b.commit("Auto/1", "c1", "x");
    b.commit("Auto/1", "c2", "!");
    b.commit("Auto/1", "c3", "y");
    b.commit("Home/1", "c1", "x");
    b.commit("Home/1", "c2", "!");
    b.commit("Home/1", "c3", "y");
    for (var row : b.published()) {
      feed(row);
      store.append(a.take(row.row()).row());
    }

    for (var aggregate : List.of("Auto/1", "Home/1")) {
      assertThat(harness.state(aggregate)).isEqualTo("?");
      assertThat(harness.view(aggregate).problem()).contains("b:2").contains("can't fold");
    }
    assertThat(harness.inboundDots()).hasSize(6);
  }

  @Test
  void anUnknownTypeIsLetPassInOrderWithoutAView() throws Exception {
    var first = b.commit("Other/1", "c1", "x");
    feed(b.commit("Other/1", "c2", "y"), first);

    assertThat(harness.inboundDots()).containsExactly("b:1", "b:2");
    assertThat(harness.views()).isEmpty();
  }

  @Test
  void aSingleHomeIsFoldedWithoutAGraph() throws Exception {
    feed(b.commit("Home/1", "c1", "x"), b.commit("Home/1", "c2", "y"));

    assertThat(harness.state("Home/1")).isEqualTo("xy");
    assertThat(harness.view("Home/1").live()).extracting(v -> v.dot()).hasToString("[b:2]");
  }

  @Test
  void concurrentCommitsOfASingleHomeBecomeAnOpenConflict() throws Exception {
    feed(a.commit("Home/1", "c1", "x"));
    store.append(a.log().get(0));
    var fork = b.commit("Home/1", "c2", "y");
    feed(fork);
    assertThat(harness.inboundDots()).containsExactly("b:1");
    store.append(a.take(fork.row()).row());
    feed(a.log().get(1), "a");
    harness.pass(Duration.ofSeconds(2));

    assertThat(harness.view("Home/1").conflict()).isTrue();
    assertThat(harness.conflictTexts()).containsExactly("opened a:1+b:1");
  }

  @Test
  void aTombstoneIsPassedOnAndThePayloadFillsIt() throws Exception {
    var hollow = tombstone(b.commit("Auto/1", "c1", "x"));
    var second = b.commit("Auto/1", "c2", "y");
    feed(hollow, second);
    assertThat(harness.inboundDots()).containsExactly("b:1", "b:2");
    assertThat(harness.state("Auto/1")).isEqualTo("y");

    feed(c.take(b.log().get(0)));

    assertThat(harness.inboundDots()).containsExactly("b:1", "b:2", "b:1");
    assertThat(harness.state("Auto/1")).isEqualTo("xy");
  }

  @Test
  void anOwnCommitThatComesBackChangedIsReported() throws Exception {
    var own = a.commit("Auto/1", "c1", "x");
    b.take(own.row());
    feed(own, b.published(b.log().get(0)));
    assertThat(harness.deadLetters()).isEmpty();

    var other = new TestRegion("a", ReplicationHarness.SHARDS);
    var changed = new TestRegion("b", ReplicationHarness.SHARDS);
    feed(changed.take(other.commit("Auto/1", "c1", "other").row()));

    assertThat(harness.deadLetters())
        .extracting(l -> l.code())
        .containsExactly("own-commit-differs");
    assertThat(harness.state("Auto/1")).isEqualTo("x");
  }

  @Test
  void ownCommitsThatTheStoreHasLostAreHandedBack() throws Exception {
    var own = a.commit("Auto/1", "c1", "x");
    feed(b.take(own.row()));

    assertThat(harness.inboundDots()).containsExactly("a:1");
  }

  @Test
  void anAggregateThatIsNewToTheJobIsReadFromTheStoreFirst() throws Exception {
    for (var i = 1; i <= 3; i++) {
      store.append(a.commit("Auto/1", "c" + i, "" + i).row());
    }
    var early = b.take(a.log().get(0));
    var fork = b.commit("Auto/1", "c9", "x");

    feed(early, fork);

    assertThat(harness.inboundDots()).containsExactly("b:1");
    assertThat(harness.state("Auto/1")).isEqualTo("(1:1x|123)");
  }

  @Test
  void aHoldThatLastsIsLookedForInTheStore() throws Exception {
    feed(a.commit("Auto/1", "c1", "x")); // The own log is read from its first row on.
    var lost = a.commit("Auto/1", "c2", "y");
    store.append(a.log().get(0));
    store.append(lost.row());
    feed(a.commit("Auto/1", "c3", "z"));
    assertThat(harness.state("Auto/1")).isEqualTo("x");

    harness.pass(Duration.ofSeconds(6));

    assertThat(harness.state("Auto/1")).isEqualTo("xyz");
  }

  @Test
  void whatNobodyHereHasIsAskedForUntilItComes() throws Exception {
    var lost = b.commit("Auto/1", "c1", "x");
    feed(b.commit("Auto/1", "c2", "y"));
    harness.pass(Duration.ofSeconds(6));
    assertThat(harness.requests()).as("the own store is looked at first").isEmpty();

    harness.crashAndRestore();
    for (var i = 0; i < 4; i++) {
      harness.pass(Duration.ofSeconds(20));
    }

    assertThat(harness.requests())
        .isNotEmpty()
        .allSatisfy(
            request -> {
              assertThat(request.region()).isEqualTo("a");
              assertThat(request.aggregate().toString()).isEqualTo("Auto/1");
              assertThat(request.applied()).isEqualTo(VectorTime.ZERO);
              assertThat(request.hops()).isEqualTo(3);
            });
    feed(lost);
    assertThat(harness.state("Auto/1")).isEqualTo("xy");
    var asked = harness.requests().size();
    harness.pass(Duration.ofSeconds(60));
    assertThat(harness.requests()).as("nothing is missing any more").hasSize(asked);
  }

  @Test
  void aCommitTooFarAheadOfTheClockWaitsForIt() throws Exception {
    var limit = ReplicationHarness.MAX_SKEW.toMillis();
    b.clockIsAt("Auto/1", System.currentTimeMillis() + limit + 2_500);
    var early = b.commit("Auto/1", "c1", "x");
    var next = b.commit("Auto/1", "c2", "y");
    feed(early, next, early);
    assertThat(harness.inboundDots()).isEmpty();
    assertThat(harness.state("Auto/1")).isEqualTo("none");

    harness.crashAndRestore();
    harness.pass(Duration.ofSeconds(1));
    assertThat(harness.inboundDots()).as("the clock is not there").isEmpty();

    var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (harness.inboundDots().size() < 2 && System.nanoTime() < deadline) {
      harness.pass(Duration.ofSeconds(1));
    }
    assertThat(harness.inboundDots()).containsExactly("b:1", "b:2");
    assertThat(harness.state("Auto/1")).isEqualTo("xy");
    assertThat(System.currentTimeMillis() + limit)
        .isGreaterThanOrEqualTo(HybridLogicalClock.millis(early.row().outcome().stamp().hlc()));
  }

  @Test
  void whatTheOwnLogHasIsNeverTooFarAhead() throws Exception {
    a.clockIsAt("Auto/1", System.currentTimeMillis() + Duration.ofDays(1).toMillis());

    feed(a.commit("Auto/1", "c1", "x"));

    assertThat(harness.state("Auto/1")).isEqualTo("x");
  }

  @Test
  void whatCantBeKeptIsNotLetPassEither() throws Exception {
    harness.close();
    harness = new ReplicationHarness(store.factory(), 2);
    for (var i = 1; i <= 5; i++) {
      b.commit("Auto/1", "c" + i, "" + i);
    }
    for (var i = 1; i < 5; i++) {
      feed(b.published(b.log().get(i)));
    }
    feed(b.published(b.log().get(0)));
    assertThat(harness.state("Auto/1")).isEqualTo("123");

    for (var row : b.published()) {
      feed(row); // Published again.
    }

    assertThat(harness.state("Auto/1")).isEqualTo("12345");
    assertThat(harness.inboundDots()).containsExactly("b:1", "b:2", "b:3", "b:4", "b:5");
  }

  @Test
  void aJobThatStartsWithNothingShowsWhatTheStoreHas() throws Exception {
    store.append(a.commit("Hand/1", "c1", "x").row());
    var remote = b.commit("Hand/1", "c2", "y");
    store.append(a.take(remote.row()).row());
    b.take(a.log().get(0));

    feed(b.published(b.log().get(1)));

    assertThat(harness.inbound()).isEmpty();
    assertThat(harness.view("Hand/1").conflict()).isTrue();
    assertThat(harness.conflictTexts()).containsExactly("opened a:1+b:1");
  }

  @Test
  void aConflictThatWasResolvedWhileThereWasNoJobIsClosed() throws Exception {
    store.append(a.commit("Hand/1", "c1", "x").row());
    store.append(a.take(b.commit("Hand/1", "c2", "y").row()).row());
    store.append(a.resolve("Hand/1", "a:1", "b:1").row());
    b.take(a.log().get(0));
    b.take(a.log().get(2));

    feed(b.commit("Hand/1", "c3", "z"));

    assertThat(harness.state("Hand/1")).isEqualTo("xz");
    assertThat(harness.conflictTexts()).containsExactly("resolved a:1+b:1");
  }

  private void feed(PublishedRow... rows) throws Exception {
    for (var row : rows) {
      harness.process(row);
      harness.settle();
      harness.crashAndRestore();
    }
  }

  private void feed(LogRow row, String region) throws Exception {
    feed(new PublishedRow(region, row));
  }

  private static PublishedRow tombstone(PublishedRow published) {
    var outcome = published.row().outcome();
    var blobs = new Blobs(outcome.blobs().causality(), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
    return new PublishedRow(
        published.region(),
        new Outcome(
                RowKind.TOMBSTONE,
                outcome.aggregate(),
                0,
                null,
                "",
                outcome.dot(),
                outcome.stamp(),
                blobs)
            .at(published.row().shard(), published.row().offset()));
  }
}
