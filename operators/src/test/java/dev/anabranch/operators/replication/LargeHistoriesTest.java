package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import dev.anabranch.operators.task.ReadAhead;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggregates whose history is more than one page of the store, or more than there is room for. */
class LargeHistoriesTest {

  /** Six commits of it are more than a page. */
  private static final String LARGE = " ".repeat(800_000);

  private final TestRegion a = region("a");
  private final TestRegion b = region("b");
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

  /** Forks, a command that two regions accepted, and a payload that comes behind its tombstone. */
  @ParameterizedTest
  @ValueSource(strings = {"Home", "Auto", "Hand", "Marks"})
  void inPagesItBecomesWhatItBecomesAtOnce(String type) throws Exception {
    var last = write(a, b, type + "/1", LARGE);
    harness.process(a.published(last));
    harness.settle();
    var inPages = harness.view(type + "/1");

    var atOnce = viewOf(type, "");

    assertThat(store.mostRead()).isBetween(1L << 20, ReadAhead.PAGE_BYTES);
    assertThat(inPages.problem()).isEmpty();
    assertThat(inPages.revision().toString()).isEqualTo("{a:10,b:4}");
    assertThat(inPages.voided()).as("of the command that both regions accepted").hasSize(1);
    assertThat(inPages).usingRecursiveComparison().isEqualTo(atOnce);
    assertThat(harness.inboundDots()).as("nothing of it is handed over again").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Auto", "Marks"})
  void withLittleRoomForStatesItBecomesTheSame(String type) throws Exception {
    var last = write(a, b, type + "/1", LARGE);
    harness.cachedBytes(100_000);
    harness.restartFromNothing();

    harness.process(a.published(last));
    harness.settle();

    assertThat(harness.view(type + "/1")).usingRecursiveComparison().isEqualTo(viewOf(type, ""));
  }

  /** Other aggregates are served between two slices, and take its place on the heap. */
  @ParameterizedTest
  @ValueSource(strings = {"Home", "Auto", "Hand", "Marks"})
  void aCheckpointBetweenAnyTwoSlicesLeadsToTheSame(String type) throws Exception {
    var last = writeMany(type + "/1");
    harness.process(a.published(last));
    harness.settle();
    var expected = harness.view(type + "/1");
    assertThat(expected.revision().toString()).isEqualTo("{a:611,b:4}");
    var isMerged = false;
    var slices = 0;
    // The first ones, then every third: each takes a whole job.
    for (; !isMerged; slices += slices < 2 ? 1 : 3) {
      harness.views().clear();
      harness.restartFromNothing();
      harness.process(a.published(last));
      harness.runOneMail();
      for (var i = 0; i < slices; i++) {
        harness.slice();
        for (var other = 2; other < 5; other++) {
          harness.process(b.commit(type + "/" + other, "o" + slices + "-" + i, "y"));
        }
      }
      isMerged = harness.view(type + "/1") != null;
      while (slices == 1 && harness.view(type + "/4") == null) {
        harness.runOneMail();
      }
      harness.crashAndRestore();
      harness.pass(Duration.ofSeconds(6));

      assertThat(harness.view(type + "/1"))
          .as("after %d slices", slices)
          .usingRecursiveComparison()
          .isEqualTo(expected);
    }
    assertThat(slices).as("so many that no mail takes long").isGreaterThan(6);
  }

  /** Gives the last row, which is not in the store. */
  private LogRow writeMany(String aggregate) {
    store.append(write(a, b, aggregate, ""));
    for (var i = 0; i < 600; i++) {
      store.append(a.commit(aggregate, "m" + i, "m").row());
    }
    return a.commit(aggregate, "last", "z").row();
  }

  @Test
  void aRestartAmongThePagesBeginsWithTheFirstOne() throws Exception {
    var last = write(a, b, "Auto/1", LARGE);
    harness.process(a.published(last));
    harness.runOneMail();

    harness.crashAndRestore();
    harness.pass(Duration.ofSeconds(6));

    assertThat(harness.view("Auto/1")).usingRecursiveComparison().isEqualTo(viewOf("Auto", ""));
  }

  @Test
  void aForkThatTheFirstPageShowsMakesAllPagesBeReadAgain() throws Exception {
    harness.process(a.commit("Home/1", "c0", "a" + LARGE));
    harness.process(b.published(b.take(a.log().get(0)).row()));
    var held = b.commit("Home/1", "c1", "b" + LARGE);
    harness.process(b.commit("Home/1", "c2", "c" + LARGE)); // What comes before it is late.
    store.append(a.log().get(0));
    store.append(a.take(held.row()).row());
    var c = region("c");
    for (var i = 0; i < 12; i++) {
      store.append(a.take(c.commit("Home/1", "f" + i, "x" + LARGE).row()).row());
    }

    harness.pass(Duration.ofMillis(5_001));
    harness.pass(Duration.ofHours(2));

    assertThat(harness.view("Home/1").live()).hasSize(2);
    assertThat(harness.view("Home/1").revision().get(new RegionId("c"))).isEqualTo(12);
  }

  /** Its graph can't shrink, since a region is silent. */
  @ParameterizedTest
  @ValueSource(strings = {"Auto", "Marks"})
  void oneThatTakesTooMuchIsParkedUntilMoreIsAllowed(String type) throws Exception {
    var last = write(a, b, type + "/1", "");
    harness.cachedBytes(2_048);
    harness.restartFromNothing();

    harness.process(a.published(last));
    harness.settle();
    var parked = harness.view(type + "/1");
    var more = b.commit(type + "/1", "more", "y");
    harness.process(more);
    harness.settle();
    harness.process(b.commit(type + "/2", "other", "y"));
    harness.settle();

    assertThat(parked.state()).isNull();
    assertThat(parked.problem()).contains("merge.cache-max-bytes", "2048 bytes", "raise it");
    assertThat(harness.inboundDots()).as("handed to the command job").contains("b:5");
    assertThat(harness.view(type + "/2").problem()).isEmpty();

    harness.cachedBytes(ReplicationOptions.DEFAULT_CACHED_BYTES);
    harness.crashAndRestore();
    a.take(more.row());
    store.append(a.log().get(a.log().size() - 1));
    harness.process(a.commit(type + "/1", "last", "z"));
    harness.pass(Duration.ofSeconds(6));

    assertThat(harness.view(type + "/1").problem()).isEmpty();
    assertThat(harness.view(type + "/1").state()).isNotNull();
    assertThat(harness.view(type + "/1").revision().toString()).isEqualTo("{a:11,b:5}");
  }

  /** The view that another job makes of the same history, with events of another size. */
  private static AggregateView viewOf(String type, String padding) throws Exception {
    try (var others = new StoreOfA();
        var other = new ReplicationHarness(others.factory())) {
      var own = region("a");
      var last = write(own, region("b"), type + "/1", padding, others);
      other.process(own.published(last));
      other.settle();
      return other.view(type + "/1");
    }
  }

  private LogRow write(TestRegion own, TestRegion peer, String aggregate, String padding) {
    return write(own, peer, aggregate, padding, store);
  }

  /** Gives the last row, which is not in the store. */
  private static LogRow write(
      TestRegion own, TestRegion peer, String aggregate, String padding, StoreOfA store) {
    for (var i = 0; i < 4; i++) {
      peer.take(own.commit(aggregate, "a" + i, letter(i) + padding).row());
    }
    for (var i = 4; i < 8; i++) {
      var unused = own.commit(aggregate, i == 6 ? "both" : "a" + i, letter(i) + padding);
    }
    for (var i = 8; i < 12; i++) {
      var unused = peer.commit(aggregate, i == 9 ? "both" : "b" + i, letter(i) + padding);
    }
    var theirs = peer.log().subList(4, 8);
    own.take(tombstone(theirs.get(0)));
    theirs.subList(1, 4).forEach(own::take);
    var unused = own.commit(aggregate, "a12", letter(12) + padding);
    own.take(theirs.get(0));
    own.log().forEach(row -> store.append(inItsSlot(row)));
    return own.commit(aggregate, "a13", letter(13) + padding).row();
  }

  /** A commit of another region whose command the own one has accepted, too, has another slot. */
  private static LogRow inItsSlot(LogRow row) {
    var outcome = row.outcome();
    if (!"both".equals(outcome.commandId()) || outcome.dot().origin().value().equals("a")) {
      return row;
    }
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            outcome.dot().origin().value(),
            outcome.dot(),
            outcome.stamp(),
            outcome.blobs())
        .at(row.shard(), row.offset());
  }

  private static LogRow tombstone(LogRow row) {
    var outcome = row.outcome();
    var causality = new Blobs(outcome.blobs().causality(), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
    return new Outcome(
            RowKind.TOMBSTONE,
            outcome.aggregate(),
            Outcome.NO_VERSION,
            null,
            "",
            outcome.dot(),
            outcome.stamp(),
            causality)
        .at(row.shard(), row.offset());
  }

  private static String letter(int number) {
    return Character.toString('a' + number);
  }

  private static TestRegion region(String name) {
    return new TestRegion(name, ReplicationHarness.SHARDS);
  }
}
