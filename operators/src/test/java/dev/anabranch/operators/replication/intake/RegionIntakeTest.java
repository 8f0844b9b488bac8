package dev.anabranch.operators.replication.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ReplicationFilter;
import dev.anabranch.history.Commit;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.replication.NoteDomain;
import dev.anabranch.operators.replication.replica.TestRegion;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogEnds;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a region's records become before the gate sees them. */
class RegionIntakeTest {

  private final TestRegion b = new TestRegion("b", 16);
  private final AggregateTypes types = AggregateTypes.of(new NoteDomain());
  private OneInputStreamOperatorTestHarness<CommandRecord, PublishedRow> harness;
  private List<AcceptedLoss> losses = List.of();

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aRowPassesAsItWas() throws Exception {
    open("b", false);
    var row = b.commit("Auto/1", "c1", "x");

    read(EventWire.encode(row.row(), "b"));

    assertThat(passed()).hasSize(1);
    assertThat(passed().get(0).row().isIdenticalTo(row.row())).isTrue();
  }

  @Test
  void rowsThatTheRegionHasGivenUpAreLeftOutAndWhatCameInTheirPlaceIsNot() throws Exception {
    var kept = b.commit("Auto/1", "c1", "x").row();
    var lost = b.commit("Auto/1", "c2", "lost").row();
    losses =
        List.of(
            new AcceptedLoss(
                lost.shard(),
                lost.offset(),
                lost.offset() + 1,
                new LogBookmark("topic", 9),
                "kim",
                "disk gone",
                1));
    open("b", true);

    read(EventWire.encode(kept, "b"), 7);
    read(EventWire.encode(lost, "b"), 8);
    read(EventWire.encode(lost, "b"), 9);

    assertThat(passed().stream().map(PublishedRow::row).map(LogRow::offset))
        .containsExactly(kept.offset(), lost.offset());
  }

  @Test
  void whatIsNoRowOfTheRegionGoesToTheDeadLettersAsItCame() throws Exception {
    open("b", false);
    var good = EventWire.encode(b.commit("Auto/1", "c1", "x").row(), "b");
    var hostile =
        List.of(
            new MessageRecord(null, null, List.of()),
            new MessageRecord(utf8("Auto/1"), new byte[] {1, 2}, List.of()),
            new MessageRecord(utf8("Auto/2"), good.value(), good.headers()),
            new MessageRecord(good.key(), new byte[] {9, 9, 9}, good.headers()),
            new MessageRecord(good.key(), null, good.headers()),
            with(good, Headers.CAUSALITY, new byte[] {7}),
            with(good, Headers.DOT, utf8("b:0")),
            with(good, Headers.KIND, utf8("unheard-of")));

    for (var message : hostile) {
      read(message);
    }

    assertThat(passed()).isEmpty();
    assertThat(letters()).hasSameSizeAs(hostile);
    assertThat(letters()).allMatch(letter -> letter.code().equals("undecodable-event"));
    assertThat(letters().get(1).record().message().value()).containsExactly(1, 2);
  }

  @Test
  void aRowOfAnotherRegionIsNotTakenForOneOfThis() throws Exception {
    open("c", false);

    read(EventWire.encode(b.commit("Auto/1", "c1", "x").row(), "b"));

    assertThat(letters()).extracting(DeadLetter::code).containsExactly("foreign-region");
  }

  @Test
  void outcomesWithoutACommitPassInTheOwnRegionOnly() throws Exception {
    var rejected = b.rejected("Auto/1", "c1").row();
    open("b", false);
    read(EventWire.encode(rejected, "b"));
    assertThat(passed()).isEmpty();
    harness.close();

    open("b", true);
    read(EventWire.encode(rejected, "b"));
    assertThat(passed()).hasSize(1);
  }

  @Test
  void aFilterLeavesATombstoneWhereSeveralRegionsWriteAndNothingElsewhere() throws Exception {
    open("b", false); // For close(): the filter needs no harness.
    var filter =
        CommitFilter.of(new PeerFilter(List.of("Auto", "Home"), "keep-.*", ""), null, types);
    var kept = b.commit("Auto/keep-1", "c1", "x").row();
    var left = b.commit("Auto/other", "c2", "y").row();

    assertThat(apply(filter, kept)).isSameAs(kept);
    var tombstone = apply(filter, left);
    assertThat(tombstone.outcome().kind()).isEqualTo(RowKind.TOMBSTONE);
    assertThat(tombstone.outcome().dot()).isEqualTo(left.outcome().dot());
    assertThat(Commit.of(tombstone.outcome()).arrival().context())
        .isEqualTo(Commit.of(left.outcome()).arrival().context());
    assertThat(Commit.of(tombstone.outcome()).node().parents())
        .isEqualTo(Commit.of(left.outcome()).node().parents());
    assertThat(tombstone.outcome().blobs().events()).isEmpty();
    assertThat(apply(filter, b.commit("Home/other", "c3", "z").row())).isNull();
    assertThat(apply(filter, b.commit("Unknown/keep-1", "c4", "z").row())).isNull();
  }

  @Test
  void aPredicateIsAskedForCommitsOfSharedTypesOnly() throws Exception {
    open("b", false);
    var filter = CommitFilter.of(PeerFilter.NONE, new NoSecrets(), types);

    var secret = b.commit("Auto/1", "c1", "secret").row();
    assertThat(apply(filter, secret).outcome().kind()).isEqualTo(RowKind.TOMBSTONE);
    var open = b.commit("Auto/1", "c2", "open").row();
    assertThat(apply(filter, open)).isSameAs(open);
    var home = b.commit("Home/1", "c3", "secret").row();
    assertThat(apply(filter, home)).isSameAs(home);
  }

  private static LogRow apply(CommitFilter filter, LogRow row) {
    return filter.apply(row, Commit.of(row.outcome()));
  }

  private static final class NoSecrets implements ReplicationFilter {
    @Override
    public String name() {
      return "no-secrets";
    }

    @Override
    public boolean acceptsCommit(
        String type, String id, Map<String, String> metadata, List<EncodedMessage> events) {
      return events.stream()
          .noneMatch(event -> new String(event.data(), StandardCharsets.UTF_8).equals("secret"));
    }
  }

  private void open(String region, boolean isOwn) throws Exception {
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new RegionIntakeFactory(
                region,
                isOwn,
                PeerFilter.NONE,
                loader -> AggregateTypes.of(new NoteDomain()),
                new NoEnds(),
                losses));
    harness.open();
  }

  /** A region that never answers. */
  private record NoEnds() implements LogEnds {
    @Override
    public Session open() {
      return new Session() {
        @Override
        public Map<Integer, Long> ends() {
          throw new IllegalStateException("cut off");
        }

        @Override
        public void close() {}
      };
    }
  }

  private void read(MessageRecord message) throws Exception {
    read(message, 7);
  }

  private void read(MessageRecord message, long at) throws Exception {
    var record =
        new CommandRecord("any", message, new SourcePosition("events.b", 0, at, 0, "topic"));
    harness.processElement(new StreamRecord<>(record));
  }

  private List<PublishedRow> passed() {
    return harness.extractOutputValues();
  }

  private List<DeadLetter> letters() {
    var letters = new ArrayList<DeadLetter>();
    var queue = harness.getSideOutput(RegionIntake.DEAD_LETTERS);
    if (queue != null) {
      queue.forEach(element -> letters.add(element.getValue()));
    }
    return letters;
  }

  private static MessageRecord with(MessageRecord message, String name, byte[] value) {
    var headers = new ArrayList<>(message.headers());
    headers.removeIf(header -> header.name().equals(name));
    headers.add(new RecordHeader(name, value));
    return new MessageRecord(message.key(), message.value(), headers);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
