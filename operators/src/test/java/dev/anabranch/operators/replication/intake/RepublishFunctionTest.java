package dev.anabranch.operators.replication.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Shards;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RangeRequest;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.replication.StoreOfA;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.wire.RangeRequestWire;
import dev.anabranch.wire.RepublishWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.InstantiationUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What region a does when another one misses commits; on Flink's keyed harness. */
class RepublishFunctionTest {

  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final long NOW = 1_000_000_000L;
  private static final AggregateKey KEY = AggregateKey.parse("Auto/1");
  private static final RegionId A = new RegionId("a");

  private final StoreOfA store = new StoreOfA();
  private final TestRegion a = new TestRegion("a", ReplicationHarness.SHARDS);
  private KeyedOneInputStreamOperatorTestHarness<String, CommandRecord, LogRow> harness;

  @BeforeEach
  void start() throws Exception {
    harness = start(null);
    for (var i = 1; i <= 3; i++) {
      store.append(a.commit("Auto/1", "c" + i, "" + i).row());
    }
  }

  @AfterEach
  void stop() throws Exception {
    harness.close();
    store.close();
  }

  /** An exception there would end the TaskManager. */
  @Test
  void itIsClosedWithoutHavingBeenOpened() throws Exception {
    EventStoreFactory none =
        () -> {
          throw new IllegalStateException("not opened");
        };
    var asSent = new RepublishFunction("a", ReplicationHarness.SHARDS, PAUSE, none);
    var inTask = InstantiationUtil.clone(asSent);

    assertThatCode(inTask::close).doesNotThrowAnyException();
  }

  @Test
  void whatTheOtherRegionHasIsLeftOut() throws Exception {
    ask(request("b", 1, NOW, 3));

    assertThat(published()).containsExactly("a:2", "a:3");
  }

  /** Twenty commits of a megabyte, of which the other region has none. */
  @Test
  void aLargeAggregateIsReadAndPublishedPageByPage() throws Exception {
    for (var i = 0; i < 20; i++) {
      store.append(a.commit("Auto/large", "l" + i, " ".repeat(1 << 20)).row());
    }
    var request =
        new RepublishRequest(
            "b", AggregateKey.parse("Auto/large"), VectorTime.of(Map.of(A, 2L)), NOW, 3);

    ask(request);

    assertThat(published())
        .containsExactlyElementsOf(IntStream.rangeClosed(3, 20).mapToObj(n -> "a:" + n).toList());
    assertThat(store.mostRead()).isBetween(1L << 20, RepublishFunction.PAGE_BYTES);
  }

  @Test
  void anAggregateIsAnsweredOnceInAPauseWhoeverAsks() throws Exception {
    ask(request("b", 0, NOW, 3));
    crashAndRestore();
    ask(request("c", 0, NOW, 3));
    assertThat(published()).hasSize(3);

    harness.setProcessingTime(NOW + PAUSE.toMillis());
    ask(request("c", 2, NOW + PAUSE.toMillis(), 3));

    assertThat(published()).containsExactly("a:3");
  }

  @Test
  void whoHasNoneOfItPassesTheRequestOnOneHopFurther() throws Exception {
    ask(request("b", 3, NOW, 3));
    assertThat(published()).isEmpty();
    assertThat(passedOn()).containsExactly(request("b", 3, NOW, 2));

    harness.setProcessingTime(NOW + PAUSE.toMillis());
    ask(request("b", 3, NOW, 0));
    assertThat(passedOn()).as("no hop is left").isEmpty();
  }

  /** It may not read from this region, but from one that reads from it. */
  @Test
  void aRequestThatWasAnsweredIsPassedOnToo() throws Exception {
    ask(request("b", 1, NOW, 3));

    assertThat(passedOn()).containsExactly(request("b", 1, NOW, 2));
  }

  @Test
  void missingRowsOfTheOwnLogArePublishedAndThoseOfAnotherOneAskedForFurtherOn() throws Exception {
    var shard = Shards.shardOf(KEY, ReplicationHarness.SHARDS);
    ask(new RangeRequest("b", "a", shard, 1, 3, NOW, 3));
    assertThat(published()).containsExactly("a:2", "a:3");
    assertThat(passedOnRanges()).isEmpty();

    ask(new RangeRequest("b", "c", shard, 1, 3, NOW, 3));
    assertThat(published()).isEmpty();
    assertThat(passedOnRanges()).containsExactly(new RangeRequest("b", "c", shard, 1, 3, NOW, 2));

    ask(new RangeRequest("b", "a", shard, 1, 3, NOW, 3));
    assertThat(published()).as("answered once in a pause").isEmpty();
    ask(new RangeRequest("a", "c", shard, 1, 3, NOW, 3));
    ask(new RangeRequest("b", "a", ReplicationHarness.SHARDS, 0, 1, NOW, 3));
    assertThat(published()).as("the own request, and a shard that is none").isEmpty();
    assertThat(passedOnRanges()).isEmpty();
  }

  @Test
  void theOwnRequestOldOnesAndHostileOnesAreLeftAlone() throws Exception {
    ask(request("a", 0, NOW, 3));
    ask(request("b", 0, NOW - RepublishFunction.MAX_AGE.toMillis() - 1, 3));
    harness.processElement(
        new StreamRecord<>(
            new CommandRecord(
                KEY.toString(),
                new MessageRecord(null, new byte[] {9}, List.of()),
                new SourcePosition("republish.b", 0, 7, 0))));

    assertThat(published()).isEmpty();
    assertThat(passedOn()).isEmpty();
  }

  private static RepublishRequest request(String region, long has, long at, int hops) {
    var applied = has == 0 ? VectorTime.ZERO : VectorTime.of(Map.of(A, has));
    return new RepublishRequest(region, KEY, applied, at, hops);
  }

  private void ask(RepublishRequest request) throws Exception {
    harness.processElement(new StreamRecord<>(RepublishFunction.recordOf(request)));
  }

  private void ask(RangeRequest request) throws Exception {
    harness.processElement(new StreamRecord<>(RepublishFunction.recordOf(request)));
  }

  private List<RangeRequest> passedOnRanges() {
    var requests = new ArrayList<RangeRequest>();
    var queue = harness.getSideOutput(RepublishFunction.PASSED_ON);
    for (var element = queue == null ? null : queue.poll();
        element != null;
        element = queue.poll()) {
      requests.add(RangeRequestWire.decode(element.getValue().message()).orElseThrow());
    }
    return requests;
  }

  private List<String> published() {
    var dots = new ArrayList<String>();
    for (var element = harness.getOutput().poll();
        element != null;
        element = harness.getOutput().poll()) {
      @SuppressWarnings("unchecked") // the function emits rows only
      var row = ((StreamRecord<LogRow>) element).getValue();
      dots.add(row.outcome().commitDot().toString());
    }
    return dots;
  }

  private List<RepublishRequest> passedOn() {
    var requests = new ArrayList<RepublishRequest>();
    var queue = harness.getSideOutput(RepublishFunction.PASSED_ON);
    for (var element = queue == null ? null : queue.poll();
        element != null;
        element = queue.poll()) {
      requests.add(RepublishWire.decode(element.getValue().message()));
    }
    return requests;
  }

  private void crashAndRestore() throws Exception {
    var snapshot = harness.snapshot(1, NOW);
    var before = new ArrayList<>(harness.getOutput());
    harness.close();
    harness = start(snapshot);
    harness.getOutput().addAll(before);
  }

  private KeyedOneInputStreamOperatorTestHarness<String, CommandRecord, LogRow> start(
      @Nullable OperatorSubtaskState from) throws Exception {
    var created =
        new KeyedOneInputStreamOperatorTestHarness<String, CommandRecord, LogRow>(
            new KeyedProcessOperator<>(
                new RepublishFunction("a", ReplicationHarness.SHARDS, PAUSE, store.factory())),
            CommandRecord::routingKey,
            Types.STRING,
            ReplicationHarness.SHARDS,
            1,
            0);
    if (from != null) {
      created.initializeState(from);
    }
    created.open();
    created.setProcessingTime(NOW);
    return created;
  }
}
