package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the topic between the two jobs of a region loses is handed over again. */
class DeliveryCheckTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

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
  @ValueSource(strings = {"Auto/1", "Marks/1", "Home/1"})
  void whatIsLostBetweenTheJobsIsAskedForAndHandedOverAgain(String aggregate) throws Exception {
    var first = b.commit(aggregate, "c1", "x");
    var second = b.commit(aggregate, "c2", "y");
    harness.process(first);
    harness.process(second);
    harness.settle();
    assertThat(harness.inboundDots()).containsExactly("b:1", "b:2");
    harness.process(a.take(first.row()));

    harness.crashAndRestore();
    harness.pass(PATIENCE.plusMillis(1));

    assertThat(harness.requests()).hasSize(1);
    assertThat(harness.requests().get(0).applied().toString()).contains("b");
    harness.process(first);
    harness.process(second);
    assertThat(harness.inboundDots())
        .as("only what is missing")
        .containsExactly("b:1", "b:2", "b:2");

    harness.process(a.take(second.row()));
    harness.pass(Duration.ofHours(2));
    harness.process(second);
    assertThat(harness.requests()).as("nothing is missing any more").hasSize(1);
    assertThat(harness.inboundDots()).hasSize(3);
  }

  /** A connection with a filter has nothing else of it. */
  @ParameterizedTest
  @ValueSource(strings = {"Auto/1", "Marks/1", "Home/1"})
  void aTombstoneIsNotHandedOverInThePlaceOfALostPayload(String aggregate) throws Exception {
    var commit = b.commit(aggregate, "c1", "x");
    harness.process(commit);
    harness.settle();
    harness.crashAndRestore();
    harness.pass(PATIENCE.plusMillis(1));
    assertThat(harness.requests()).hasSize(1);

    harness.process(tombstoneOf(commit));
    assertThat(harness.inboundDots()).as("the payload may still come").containsExactly("b:1");

    harness.process(commit);
    assertThat(harness.inbound())
        .extracting(row -> row.row().outcome().kind())
        .containsExactly(RowKind.COMMIT, RowKind.COMMIT);
  }

  @Test
  void aTombstoneThatIsLostIsHandedOverAgain() throws Exception {
    var tombstone = tombstoneOf(b.commit("Auto/1", "c1", "x"));
    harness.process(tombstone);
    harness.settle();
    harness.crashAndRestore();
    harness.pass(PATIENCE.plusMillis(1));

    harness.process(tombstone);

    assertThat(harness.inboundDots()).containsExactly("b:1", "b:1");
  }

  /** The log has its tombstone, which says nothing of the payload. */
  @ParameterizedTest
  @CsvSource({
    "Auto/1, true",
    "Marks/1, true",
    "Home/1, true",
    "Auto/1, false",
    "Marks/1, false",
    "Home/1, false"
  })
  void aLatePayloadThatIsLostIsAskedFor(String aggregate, boolean restarts) throws Exception {
    var commit = b.commit(aggregate, "c1", "a");
    var tombstone = tombstoneOf(commit);
    harness.process(tombstone);
    harness.settle();
    harness.process(a.take(tombstone.row()));
    harness.process(commit);
    harness.settle();
    assertThat(kindsHandedOver()).containsExactly(RowKind.TOMBSTONE, RowKind.COMMIT);

    if (restarts) {
      harness.crashAndRestore();
    } else {
      harness.checkpoint();
    }
    for (var second = 0; second < 8; second++) {
      harness.pass(Duration.ofSeconds(1));
    }

    assertThat(harness.requests()).isNotEmpty();
    assertThat(harness.requests().get(0).applied().covers(Dot.parse("b:1"))).isFalse();
    harness.process(tombstone);
    assertThat(kindsHandedOver()).hasSize(2);
    harness.process(commit);
    assertThat(kindsHandedOver())
        .containsExactly(RowKind.TOMBSTONE, RowKind.COMMIT, RowKind.COMMIT);

    var asked = harness.requests().size();
    harness.process(a.take(commit.row()));
    harness.pass(Duration.ofHours(2));
    harness.process(commit);
    harness.pass(Duration.ofHours(2));
    assertThat(harness.requests()).as("nothing is missing any more").hasSize(asked);
    assertThat(kindsHandedOver()).hasSize(3);
    assertThat(harness.state(aggregate)).contains("a");
  }

  @Test
  void aLatePayloadThatComesBackIsNotAskedFor() throws Exception {
    var commit = b.commit("Auto/1", "c1", "x");
    var tombstone = tombstoneOf(commit);
    harness.process(tombstone);
    harness.settle();
    harness.process(a.take(tombstone.row()));
    harness.process(commit);
    harness.process(a.take(commit.row()));
    harness.crashAndRestore();

    harness.pass(Duration.ofHours(2));

    assertThat(harness.requests()).isEmpty();
  }

  /** What was applied of it is dropped, to be read from the store, which does not have it. */
  @Test
  void aForkThatIsLostIsAskedForAfterARestart() throws Exception {
    var own = a.commit("Home/1", "c1", "x");
    var fork = b.commit("Home/1", "c2", "y");
    harness.process(own);
    harness.process(fork);
    harness.pass(Duration.ofSeconds(2));
    assertThat(harness.inboundDots()).containsExactly("b:1");

    askedForAfterARestart(fork);
    assertThat(harness.view("Home/1").conflict()).isTrue();
  }

  /** The own commit makes the aggregate be read again while the other one is on its way. */
  @Test
  void whatWasOnItsWayWhenAForkCameIsAskedForAfterARestart() throws Exception {
    var own = a.commit("Home/1", "c1", "x");
    var fork = b.commit("Home/1", "c2", "y");
    harness.process(fork);
    harness.settle();
    harness.process(own);
    harness.pass(Duration.ofSeconds(2));
    assertThat(harness.inboundDots()).containsExactly("b:1");

    askedForAfterARestart(fork);
  }

  private void askedForAfterARestart(PublishedRow lost) throws Exception {
    harness.crashAndRestore();
    for (var second = 0; second < 8; second++) {
      harness.pass(Duration.ofSeconds(1));
    }
    assertThat(harness.requests()).isNotEmpty();
    assertThat(harness.requests().get(0).applied().covers(lost.row().outcome().commitDot()))
        .isFalse();

    harness.process(lost);
    assertThat(harness.inboundDots()).containsExactly("b:1", "b:1");
    var asked = harness.requests().size();
    harness.process(a.take(lost.row()));
    harness.pass(Duration.ofHours(2));
    harness.process(lost);
    harness.pass(Duration.ofHours(2));
    assertThat(harness.requests()).as("nothing is missing any more").hasSize(asked);
    assertThat(harness.inboundDots()).hasSize(2);
  }

  private List<RowKind> kindsHandedOver() {
    return harness.inbound().stream().map(row -> row.row().outcome().kind()).toList();
  }

  @Test
  void whatTheStoreHasIsNotAskedFor() throws Exception {
    var commit = b.commit("Auto/1", "c1", "x");
    harness.process(commit);
    harness.checkpoint();
    store.append(a.take(commit.row()).row());

    harness.pass(PATIENCE.plusMillis(1));
    harness.pass(Duration.ofHours(2));

    assertThat(harness.requests()).isEmpty();
    harness.process(commit);
    assertThat(harness.inboundDots()).containsExactly("b:1");
  }

  @Test
  void itIsAskedForAgainAfterTwiceAsLongEachTime() throws Exception {
    harness.process(b.commit("Auto/1", "c1", "x"));
    harness.checkpoint();

    for (var second = 0; second < 100; second++) {
      harness.pass(Duration.ofSeconds(1));
    }

    // After 5, 10, 20 and 40 seconds more each time.
    assertThat(harness.requests().size()).isBetween(3, 4);
  }

  /** A command job that is away, or slow, is no reason to ask for thousands of aggregates. */
  @Test
  void onlyAFewAreAskedForWhileNothingComesBack() throws Exception {
    for (var i = 0; i < 60; i++) {
      harness.process(b.commit("Auto/" + i, "c" + i, "x"));
    }
    harness.settle();
    harness.checkpoint();

    for (var i = 0; i < 40; i++) {
      harness.pass(PATIENCE);
    }

    var asked = harness.requests().stream().map(request -> request.aggregate()).distinct();
    assertThat(asked.count()).isBetween(1L, (long) PendingDeliveries.MAX_ASKED_ON_SUSPICION);
  }

  @Test
  void whatWasHandedOverBeforeSomethingThatCameBackMayBeAskedFor() {
    var handed = new PendingDeliveries(ReplicationHarness.SHARDS, 1_000);
    for (var i = 0; i < 1_000; i++) {
      handed.add(key(i), Dot.parse("b:1"), false, 10);
    }
    var asked = 0;
    for (var i = 0; i < 1_000; i++) {
      asked += handed.mayAsk(key(i)) ? 1 : 0;
    }
    assertThat(asked).isEqualTo(PendingDeliveries.MAX_ASKED_ON_SUSPICION);

    for (var i = 1_000; i < 2_000; i++) {
      handed.add(key(i), Dot.parse("b:1"), false, 20);
      handed.has(key(i), VectorTime.ZERO.with(Dot.parse("b:1").origin(), 1), 25);
    }
    assertThat(handed.size()).isEqualTo(1_000);
    for (var i = 0; i < 1_000; i++) {
      asked += !handed.isAsked(key(i)) && handed.mayAsk(key(i)) ? 1 : 0;
    }
    assertThat(asked).isEqualTo(PendingDeliveries.MAX_ASKED);
  }

  @Test
  void moreThanFitGetATimerAndAreForgotten() {
    var handed = new PendingDeliveries(ReplicationHarness.SHARDS, 1_000);
    for (var i = 0; i < PendingDeliveries.MAX + 3; i++) {
      handed.add(key(i), Dot.parse("b:1"), false, i);
    }

    assertThat(handed.forgetOldest()).isEqualTo(List.of(key(0), key(1), key(2)));
    assertThat(handed.size()).isEqualTo(PendingDeliveries.MAX);
    assertThat(handed.forgetOldest()).isEmpty();
  }

  private static PublishedRow tombstoneOf(PublishedRow commit) {
    var row = commit.row();
    var outcome = row.outcome();
    var blobs = new Blobs(outcome.blobs().causality(), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY);
    var tombstone =
        new Outcome(
            RowKind.TOMBSTONE,
            outcome.aggregate(),
            Outcome.NO_VERSION,
            null,
            "",
            outcome.dot(),
            outcome.stamp(),
            blobs);
    return new PublishedRow("c", tombstone.at(row.shard(), row.offset()));
  }

  private static AggregateKey key(int number) {
    var key = AggregateKey.parse("Auto/" + number);
    return key;
  }
}
