package dev.anabranch.operators.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.operators.replication.NoteDomain;
import dev.anabranch.operators.replication.StoreOfA;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whoever was told that a command took effect, or a choice, can find out that it does not; and no
 * resolver settles what it can't settle alike in every region.
 */
class ConflictsAreToldTest {

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
  void theLaterOfTwoChoicesThatClashIsToldOfWithTheOneThatStands() throws Exception {
    feed(a.commit("Hand/1", "c1", "x"), b.commit("Hand/1", "c2", "y"));
    a.take(b.log().get(0));
    b.take(a.log().get(0));
    feed(a.resolve("Hand/1", "a:1", "b:1"), b.resolve("Hand/1", "b:1", "a:1"));

    assertThat(harness.conflictTexts())
        .containsExactly("opened a:1+b:1", "resolved a:1+b:1", "voided void b:2");
    assertThat(lastSettlement().how()).isEqualTo("clash");
    assertThat(lastSettlement().by()).hasToString("a:2");
  }

  /** A choice that comes late, and was made first, takes the place of the one that stood. */
  @Test
  void aCommitThatCountsAgainIsToldOf() throws Exception {
    feed(
        a.commit("Hand/1", "c1", "x"),
        b.commit("Hand/1", "c2", "y"),
        c.commit("Hand/1", "c3", "z"));
    for (var region : List.of(a, b, c)) {
      for (var other : List.of(a, b, c)) {
        if (other != region) {
          region.take(other.log().get(0));
        }
      }
    }
    a.clockIsAt("Hand/1", 1_000);
    b.clockIsAt("Hand/1", 2_000);
    feed(a.resolve("Hand/1", "a:1", "b:1"), b.resolve("Hand/1", "b:1", "c:1"));
    assertThat(harness.conflictTexts()).contains("voided void b:2");
    var told = harness.conflicts().size();

    feed(c.merge("Hand/1", "a:1", "m"));

    assertThat(harness.conflictTexts().subList(told, harness.conflicts().size()))
        .contains("voided void a:2", "restored void b:2");
    assertThat(harness.view("Hand/1").voided())
        .extracting(commit -> commit.dot().toString())
        .containsExactly("a:2");
  }

  /** The job that told of it, if any did, is gone. */
  @Test
  void whatTheStoreHasOfVoidCommitsIsToldByAJobThatStartsWithNothing() throws Exception {
    store.append(a.commit("Auto/1", "same", "x").row());
    store.append(inSlot(a.take(b.commit("Auto/1", "same", "y").row()).row(), "b"));

    feed(b.commit("Auto/1", "next", "z"));

    assertThat(harness.conflictTexts()).containsExactly("voided void b:1");
    assertThat(lastSettlement().how()).isEqualTo("twin");
  }

  /** What it tells takes the place of what the table of conflicts has. */
  @Test
  void whoChoseAndWhyIsToldByAJobThatStartsWithNothing() throws Exception {
    store.append(a.commit("Hand/1", "c1", "x").row());
    store.append(a.take(b.commit("Hand/1", "c2", "y").row()).row());
    store.append(a.resolve("Hand/1", "a:1", "b:1").row());
    store.append(a.commit("Hand/1", "c3", "z").row());
    var last = a.commit("Hand/1", "c4", "u");
    store.append(last.row());

    feed(last);

    assertThat(harness.conflictTexts()).containsExactly("resolved a:1+b:1");
    assertThat(lastSettlement().how()).isEqualTo("resolution");
    assertThat(lastSettlement().by()).hasToString("a:2");
    assertThat(lastSettlement().selected()).hasToString("a:1");
    assertThat(lastSettlement().who()).isEqualTo("kim");
    assertThat(lastSettlement().why()).isEqualTo("so");
  }

  /** Those before it were told to be over when it began. */
  @Test
  void ofSeveralConflictsOfAHistoryTheLastIsToldToBeOver() throws Exception {
    for (var i = 0; i < 2; i++) {
      var first = a.commit("Hand/1", "a" + i, "x");
      var second = b.commit("Hand/1", "b" + i, "y");
      store.append(first.row());
      store.append(a.take(second.row()).row());
      b.take(first.row());
      var dots =
          List.of(
              first.row().outcome().commitDot().toString(),
              second.row().outcome().commitDot().toString());
      var choice = a.resolve("Hand/1", dots.get(i), dots.get(1 - i));
      store.append(choice.row());
      b.take(choice.row());
    }
    var last = a.commit("Hand/1", "last", "u");
    store.append(last.row());

    feed(last);

    assertThat(harness.conflictTexts()).contains("resolved a:3+b:2").doesNotContain("a:1+b:1");
    assertThat(lastSettlement().selected()).hasToString("b:2");
  }

  /** There is no graph that settles it, and no conflict. */
  @Test
  void aCommandOfAReplicatedTypeThatTwoRegionsAcceptedIsToldOfOnce() throws Exception {
    feed(a.commit("Marks/1", "same", "a"));
    var second = b.commit("Marks/1", "same", "a");
    feed(second);
    var taken = inSlot(a.take(second.row()).row(), "b");
    feed(a.published(taken));
    harness.pass(Duration.ofSeconds(2));

    assertThat(harness.conflictTexts()).containsExactly("voided void b:1");
    assertThat(lastSettlement().how()).isEqualTo("twin");
    assertThat(lastSettlement().by()).hasToString("a:1");
    assertThat(harness.view("Marks/1").voided())
        .extracting(commit -> commit.dot().toString())
        .containsExactly("b:1");

    feed(a.commit("Marks/1", "next", "e"));
    harness.restartFromNothing();
    feed(a.commit("Marks/1", "last", "g"));
    assertThat(harness.view("Marks/1").voided()).hasSize(1);
    assertThat(harness.view("Marks/1").revision().get(new RegionId("a"))).isEqualTo(3);
  }

  @Test
  void aResolverThatAnswersTheSameQuestionDifferentlySettlesNothing() throws Exception {
    feed(a.commit("Moody/1", "c1", "x"), b.commit("Moody/1", "c2", "y"));

    assertThat(harness.view("Moody/1").conflict()).isTrue();
    assertThat(harness.state("Moody/1")).isEqualTo("?");
    assertThat(harness.view("Moody/1").problem()).contains("moody");
    assertThat(harness.conflictTexts()).containsExactly("opened a:1+b:1");
  }

  @Test
  void whatWasToldBeforeTheStoreWasReadAgainIsNotToldTwice() {
    var known = new VoidCommit(Dot.parse("a:1"), "twin", null);
    var restored = new VoidCommit(Dot.parse("a:2"), "clash", null);
    var unknown = new VoidCommit(Dot.parse("a:3"), "twin", Dot.parse("b:1"));
    var head = ReplicaHead.empty(ReplicaHead.Merging.GRAPH).withVoided(List.of(known, unknown));
    var type = TypeFold.of(NoteDomain.marks());
    var shown = new VisibleState(List.of(), null, false, "");

    var told =
        Conflicts.found(
            "a",
            AggregateKey.parse("Auto/1"),
            type,
            null,
            null,
            List.of(known, restored),
            head,
            shown,
            1);

    assertThat(told.records())
        .extracting(record -> record.status().text() + " " + record.conflictId())
        .containsExactly("voided void a:3", "restored void a:2");
  }

  private ConflictRecord.Settlement lastSettlement() {
    return harness.conflicts().get(harness.conflicts().size() - 1).settlement();
  }

  /** As the command job stores what its log has a command of already. */
  private static LogRow inSlot(LogRow row, String slot) {
    var outcome = row.outcome();
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            slot,
            outcome.dot(),
            outcome.stamp(),
            outcome.blobs())
        .at(row.shard(), row.offset());
  }

  private void feed(PublishedRow... rows) throws Exception {
    for (var row : rows) {
      harness.process(row);
      harness.settle();
      harness.crashAndRestore();
    }
  }
}
