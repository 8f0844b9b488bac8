package dev.anabranch.operators.replication.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.message.RangeRequest;
import dev.anabranch.model.stored.LogProgress.Range;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.ReplicationOptions;
import dev.anabranch.operators.replication.intake.LogNote.Kind;
import dev.anabranch.wire.RangeRequestWire;
import dev.anabranch.wire.blob.LogProgressBlob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple5;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What region a does about rows of b's log that do not come; restored after every step. */
class LogWatchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int SHARD = 7;

  private final List<RangeRequest> requests = new ArrayList<>();
  private KeyedOneInputStreamOperatorTestHarness<
          String, Tuple5<String, Integer, Long, Long, Integer>, PublishedRow>
      harness;
  private long now = 1_000_000;
  private long checkpoint = 1;

  @BeforeEach
  void start() throws Exception {
    harness = start(null);
  }

  @AfterEach
  void stop() throws Exception {
    harness.close();
  }

  @Test
  void rowsThatDoNotComeAreAskedForThoughNothingElseComes() throws Exception {
    note(0, 3, Kind.READ_FROM_BEGINNING);
    note(5, 6, Kind.READ_FROM_BEGINNING);
    assertThat(requests).as("they may be on their way").isEmpty();

    pass(PATIENCE);

    assertThat(requests).containsExactly(request(3, 5));
  }

  @Test
  void aTopicThatHasLostItsBeginningIsNoticedByAJobThatStartsFromNothing() throws Exception {
    note(4, 5, Kind.READ_FROM_BEGINNING);
    pass(PATIENCE);

    assertThat(requests).containsExactly(request(0, 4));
  }

  @Test
  void whatAnEarlierReleaseHasReadIsNotAskedFor() throws Exception {
    note(4, 5, Kind.READ);
    pass(PATIENCE.multipliedBy(100));
    assertThat(requests).isEmpty();

    note(6, 7, Kind.READ);
    pass(PATIENCE);
    assertThat(requests).containsExactly(request(5, 6));
  }

  @Test
  void aRowThatCannotBeReadIsMissingThoughItIsTheLast() throws Exception {
    note(0, 3, Kind.READ_FROM_BEGINNING);
    note(3, 4, Kind.UNREADABLE);
    pass(PATIENCE);
    assertThat(requests).containsExactly(request(3, 4));

    note(3, 4, Kind.READ_FROM_BEGINNING);
    pass(PATIENCE.multipliedBy(100));
    assertThat(requests).as("a later release has read it").hasSize(1);
  }

  @Test
  void whatThePeerHasGivenUpIsNotAskedForAndWhatComesInItsPlaceIsWatched() throws Exception {
    note(0, 2, Kind.READ_FROM_BEGINNING);
    note(4, 9, Kind.READ_FROM_BEGINNING);
    note(3, 4, Kind.FORGOTTEN);
    note(4, 5, Kind.READ_FROM_BEGINNING);
    pass(PATIENCE);

    assertThat(requests).containsExactly(request(2, 4));
  }

  /** Rows that this release can't read stay missing, for instance. */
  @Test
  void holesThatNobodyFillsKeepNoOtherFromBeingAskedFor() throws Exception {
    var holes = 2 * LogWatch.MAX_REQUESTS + 1;
    for (var i = 0; i <= holes; i++) {
      note(2 * i, 2 * i + 1, Kind.READ_FROM_BEGINNING);
    }
    for (var look = 0; look < 6; look++) {
      pass(PATIENCE.multipliedBy(100));
    }

    var asked = new TreeSet<Long>();
    requests.forEach(each -> asked.add(each.from()));
    assertThat(asked).hasSize(holes);
    assertThat(requests).hasSize(6 * LogWatch.MAX_REQUESTS);
  }

  @Test
  void anOffsetThatIsNonsenseOpensNoHole() throws Exception {
    note(0, 3, Kind.READ_FROM_BEGINNING);
    note(Long.MAX_VALUE - 1, Long.MAX_VALUE, Kind.UNREADABLE);
    pass(PATIENCE);
    assertThat(requests).isEmpty();
  }

  @Test
  void itAsksAgainAfterTwiceAsLongEachTimeAndSoonWhenSomeHaveCome() throws Exception {
    note(0, 1, Kind.READ_FROM_BEGINNING);
    note(9, 10, Kind.READ_FROM_BEGINNING);
    pass(PATIENCE);
    pass(PATIENCE.multipliedBy(2));
    assertThat(requests).containsExactly(request(1, 9), request(1, 9));
    pass(PATIENCE.multipliedBy(3));
    assertThat(requests).hasSize(2);

    note(1, 5, Kind.READ_FROM_BEGINNING);
    pass(PATIENCE);
    assertThat(requests).hasSize(3).last().isEqualTo(request(5, 9));
    pass(PATIENCE.multipliedBy(2));
    assertThat(requests).as("the looks before do not count").hasSize(4);

    note(5, 9, Kind.READ_FROM_BEGINNING);
    pass(PATIENCE.multipliedBy(1_000));
    assertThat(requests).hasSize(4);
  }

  @Test
  void rowsInAnyOrderLeaveExactlyTheRowsThatNeverCame() {
    for (var seed = 1; seed <= 300; seed++) {
      var random = new Random(seed);
      var shard = LogShard.unknown();
      shard.take(new LogNote("b", SHARD, 0, 1, Kind.READ_FROM_BEGINNING));
      var came = new BitSet();
      came.set(0);
      for (var step = 0; step < 60; step++) {
        var from = random.nextInt(200);
        var to = from + 1 + random.nextInt(6);
        shard.take(new LogNote("b", SHARD, from, to, Kind.READ_FROM_BEGINNING));
        came.set(from, to);
        shard = LogShard.of(LogProgressBlob.decode(LogProgressBlob.encode(shard.progress())));
      }
      var missing = new BitSet();
      for (var range : shard.missing()) {
        missing.set((int) range.from(), (int) range.to());
      }
      came.flip(0, came.length());
      assertThat(missing).as("seed %d", seed).isEqualTo(came);
      assertThat(shard.missingRows()).isEqualTo(came.cardinality());
    }
  }

  @Test
  void moreHolesThanAreToldApartAreJoinedAndNoneIsForgotten() {
    var shard = LogShard.unknown();
    var last = 4L * LogShard.MAX_RANGES;
    for (var offset = 0L; offset <= last; offset += 2) {
      shard.take(new LogNote("b", SHARD, offset, offset + 1, Kind.READ_FROM_BEGINNING));
    }
    var ranges = shard.missing();
    assertThat(ranges).hasSize(LogShard.MAX_RANGES);
    for (var offset = 1L; offset < last; offset += 2) {
      var missing = offset;
      assertThat(ranges).anyMatch(range -> range.from() <= missing && missing < range.to());
    }
    shard.arrived(0, last);
    assertThat(shard.missing()).isEqualTo(List.<Range>of());
  }

  private RangeRequest request(long from, long to) {
    return new RangeRequest("a", "b", SHARD, from, to, now, 3);
  }

  private void note(long from, long to, Kind kind) throws Exception {
    harness.processElement(new StreamRecord<>(new LogNote("b", SHARD, from, to, kind).toTuple()));
    crashAndRestore();
  }

  private void pass(Duration time) throws Exception {
    now += time.toMillis();
    harness.setProcessingTime(now);
    crashAndRestore();
  }

  private void crashAndRestore() throws Exception {
    var queue = harness.getSideOutput(LogWatch.REQUESTS);
    if (queue != null) {
      for (var element : queue) {
        var request = RangeRequestWire.decode(element.getValue().message()).orElseThrow();
        requests.add(
            new RangeRequest(
                request.region(),
                request.log(),
                request.shard(),
                request.from(),
                request.to(),
                now,
                request.hops()));
      }
    }
    requests.replaceAll(
        r -> new RangeRequest(r.region(), r.log(), r.shard(), r.from(), r.to(), now, r.hops()));
    var snapshot = harness.snapshot(checkpoint++, now);
    harness.close();
    harness = start(snapshot);
  }

  private KeyedOneInputStreamOperatorTestHarness<
          String, Tuple5<String, Integer, Long, Long, Integer>, PublishedRow>
      start(@Nullable OperatorSubtaskState from) throws Exception {
    var options =
        new ReplicationOptions(
            "a",
            16,
            List.of("a", "b", "c"),
            100,
            PATIENCE,
            Duration.ofMinutes(1),
            10,
            2,
            ReplicationOptions.DEFAULT_CACHED_BYTES);
    var created =
        new KeyedOneInputStreamOperatorTestHarness<
            String, Tuple5<String, Integer, Long, Long, Integer>, PublishedRow>(
            new LogWatchFactory(
                options.region(), options.regions().size(), options.holdPatience(), Map.of()),
            LogWatchFactory.key(),
            Types.STRING,
            16,
            1,
            0);
    if (from != null) {
      created.initializeState(from);
    }
    created.open();
    created.setProcessingTime(now);
    return created;
  }
}
