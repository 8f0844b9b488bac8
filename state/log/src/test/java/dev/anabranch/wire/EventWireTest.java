package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.values.Values;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class EventWireTest {

  private static final RegionId EU = new RegionId("eu-west");
  private static final AggregateKey ACCOUNT = new AggregateKey("Account", "4711");

  @Property(shrinking = ShrinkingMode.OFF)
  void restoresTheIdenticalRow(@ForAll("rows") LogRow row) {
    var published = EventWire.decode(EventWire.encode(row, "eu-west"));

    assertThat(published.region()).isEqualTo("eu-west");
    assertThat(published.row().isIdenticalTo(row)).isTrue();
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void neverExceedsTheSizeThatWasPromised(@ForAll("rows") LogRow row) {
    var promised = EventWire.sizeOf(row.outcome(), "sixteen-chars-xx");
    var actual = RecordSize.of(EventWire.encode(row, "sixteen-chars-xx"));

    assertThat(promised).isBetween(actual, 2 * actual + 4_096);
  }

  @Test
  void showsEveryColumnToReadersThatAreNotOurs() {
    var message = EventWire.encode(commit(), "eu-west");
    var text = new ArrayList<String>();
    message
        .headers()
        .forEach(
            header -> {
              if (!header.name().startsWith("ab_")) {
                text.add(header.name() + "=" + new String(header.value(), StandardCharsets.UTF_8));
              }
            });

    assertThat(text)
        .containsExactly(
            "ce_specversion=1.0",
            "ce_id=eu-west/17/42",
            "ce_source=/anabranch/eu-west",
            "ce_type=dev.anabranch.commit",
            "ce_subject=4711",
            "ce_time=2024-02-29T12:30:00.123456Z",
            "content-type=application/vnd.anabranch.events",
            "ce_aggregatetype=Account",
            "ce_kind=commit",
            "ce_region=eu-west",
            "ce_shard=17",
            "ce_shardoffset=42",
            "ce_version=3",
            "ce_commandid=cmd-1",
            "ce_dot=eu-west:3",
            "ce_writer=-5",
            "ce_hlc=111936577536000000",
            "ce_eventtypes=Deposited,LimitReached",
            "meta-user=alice",
            "traceparent=00-aa");
    assertThat(new String(message.key(), StandardCharsets.UTF_8)).isEqualTo("Account/4711");
    assertThat(EventsBlob.decode(message.value())).hasSize(3);
  }

  @Test
  void usesOnlyNamesThatCloudEventsAllows() {
    var names = new HashSet<String>();
    EventWire.encode(commit(), "eu-west").headers().forEach(header -> names.add(header.name()));

    assertThat(names)
        .filteredOn(name -> name.startsWith("ce_"))
        .allMatch(name -> name.matches("ce_[a-z0-9]{1,20}"));
  }

  @Test
  void publishesAnOutcomeWithAnEmptyValueWhichIsNoDeletion() {
    var message = EventWire.encode(rejected(), "eu-west");

    assertThat(message.value()).isEmpty();
    assertThatThrownBy(
            () -> EventWire.decode(new MessageRecord(message.key(), null, message.headers())))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("cleanup policy");
  }

  @Test
  void publishesARowWithDamagedMetadataAsItIs() {
    byte[] unreadable = {99, 1, 2, 3};
    var damaged =
        new Outcome(
            RowKind.REJECTED,
            AggregateKey.parse("Tally/1"),
            Outcome.NO_VERSION,
            "c1",
            "",
            null,
            new Stamp(1, 1, 1),
            new Blobs(Blobs.EMPTY, unreadable, Blobs.EMPTY, Blobs.EMPTY));

    var message = EventWire.encode(damaged.at(0, 0), "a");

    assertThat(EventWire.decode(message).row().outcome().blobs().metadata()).isEqualTo(unreadable);
  }

  @Test
  void doesNotPublishALocalFence() {
    var moved =
        new Outcome(
                RowKind.MOVED,
                ACCOUNT,
                0,
                null,
                "",
                null,
                new Stamp(0, 0, 0),
                new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))
            .at(1, 2);

    assertThatThrownBy(() -> EventWire.encode(moved, "eu-west")).hasMessageContaining("1@2");
  }

  @Test
  void refusesAKeyOfAnotherAggregate() {
    var message = EventWire.encode(commit(), "eu-west");
    var key = "Account/4712".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(
            () -> EventWire.decode(new MessageRecord(key, message.value(), message.headers())))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("key");
  }

  @Test
  void namesAMissingHeader() {
    var message = EventWire.encode(commit(), "eu-west");
    for (var name :
        List.of(
            "ce_subject",
            "ce_time",
            "ce_aggregatetype",
            "ce_kind",
            "ce_region",
            "ce_shard",
            "ce_shardoffset",
            "ce_writer",
            "ce_hlc")) {
      var headers = message.headers().stream().filter(h -> !h.name().equals(name)).toList();

      assertThatThrownBy(
              () -> EventWire.decode(new MessageRecord(message.key(), message.value(), headers)))
          .isInstanceOf(WireFormatException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void listsOnlyAsManyEventTypesAsFit() {
    var events = new ArrayList<EncodedMessage>();
    for (var i = 0; i < 10; i++) {
      events.add(new EncodedMessage(i + "x".repeat(99), 1, new byte[0]));
    }
    var row = row(RowKind.COMMIT, 1, new Dot(EU, 1), EventsBlob.encode(events));
    var message = EventWire.encode(row, "eu-west");

    assertThat(Headers.text(message.headers(), Headers.EVENT_TYPES))
        .isEqualTo("0" + "x".repeat(99) + ",1" + "x".repeat(99));
    assertThat(EventWire.decode(message).row().isIdenticalTo(row)).isTrue();
  }

  @Test
  void publishesEventsThatWereDamagedInTheStoreAsTheyAre() {
    var row = row(RowKind.COMMIT, 1, new Dot(EU, 1), new byte[] {99, 1, 2, 3});

    assertThat(EventWire.decode(EventWire.encode(row, "eu-west")).row().isIdenticalTo(row))
        .isTrue();
  }

  static LogRow commit() {
    var events =
        List.of(
            new EncodedMessage("Deposited", 2, "{\"amount\":5}".getBytes(StandardCharsets.UTF_8)),
            new EncodedMessage("Deposited", 2, "{\"amount\":6}".getBytes(StandardCharsets.UTF_8)),
            new EncodedMessage("LimitReached", 1, new byte[0]));
    return row(RowKind.COMMIT, 3, new Dot(EU, 3), EventsBlob.encode(events));
  }

  static LogRow rejected() {
    return row(RowKind.REJECTED, 0, null, Blobs.EMPTY);
  }

  private static LogRow row(RowKind kind, long version, Dot dot, byte[] events) {
    var hlc = 1_708_016_625_000L << 16;
    var causality =
        new Causality(
            VectorTime.of(Map.of(EU, 2L)),
            List.of(new Dot(EU, 2)),
            VectorTime.of(Map.of(EU, hlc)),
            "");
    var blobs =
        new Blobs(
            CausalityBlob.encode(causality),
            MetadataBlob.encode(Map.of("traceparent", "00-aa", "meta-user", "alice")),
            ReplyBlob.encode(
                new ReplyBody(
                    "", "", Map.of(), 3, "text/plain", "17".getBytes(StandardCharsets.UTF_8))),
            events);
    var stamp = new Stamp(-5, hlc, 1_709_209_800_123_456L);
    return new Outcome(kind, ACCOUNT, version, "cmd-1", "", dot, stamp, blobs).at(17, 42);
  }

  @Provide
  Arbitrary<LogRow> rows() {
    return Values.rows();
  }
}
