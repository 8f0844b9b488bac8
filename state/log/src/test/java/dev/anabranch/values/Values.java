package dev.anabranch.values;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Generators of valid values, hostile ones among them. */
public final class Values {

  private static final String[] ODD_TEXTS = {
    "a",
    "a ",
    "Alice",
    "alice",
    "é",
    "e\u0301",
    "\uD83D\uDE00",
    "\u0000",
    "'; DROP TABLE x; --",
    "\\",
    "\"",
    "a/b",
    "/",
    "%",
    "_",
    "\r\n",
    "\u007f",
    "\u2028",
    " "
  };

  private static final Long[] EXTREMES = {Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE};

  private Values() {}

  public static Arbitrary<RegionId> regions() {
    return Arbitraries.of("a", "b", "eu-west", "us-east-1", "sixteen-chars-xx").map(RegionId::new);
  }

  public static Arbitrary<VectorTime> vectorTimes() {
    return Arbitraries.maps(regions(), Arbitraries.longs().between(0, 3)).map(VectorTime::of);
  }

  public static Arbitrary<VectorTime> largeVectorTimes() {
    return Arbitraries.maps(regions(), Arbitraries.longs().greaterOrEqual(0)).map(VectorTime::of);
  }

  public static Arbitrary<Dot> dots() {
    return Combinators.combine(regions(), Arbitraries.longs().greaterOrEqual(1)).as(Dot::new);
  }

  /** Valid Unicode: no half of a surrogate pair. */
  public static Arbitrary<String> texts(int maxLength) {
    var any =
        Arbitraries.strings()
            .ofMaxLength(maxLength)
            .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
    return Arbitraries.oneOf(any, Arbitraries.of(ODD_TEXTS));
  }

  public static Arbitrary<String> ids(int maxBytes) {
    return texts(maxBytes / 2)
        .filter(
            text -> !text.isEmpty() && text.getBytes(StandardCharsets.UTF_8).length <= maxBytes);
  }

  public static Arbitrary<byte[]> bytes(int maxLength) {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(maxLength);
  }

  public static Arbitrary<AggregateKey> keys() {
    return Combinators.combine(
            Arbitraries.of("Account", "Order", "a.b_c-9"), ids(AggregateKey.MAX_ID_BYTES))
        .as(AggregateKey::new);
  }

  public static Arbitrary<Causality> causalities() {
    return Combinators.combine(
            largeVectorTimes(), dots().list().ofMaxSize(4), largeVectorTimes(), texts(20))
        .as(Causality::new);
  }

  public static Arbitrary<Map<String, String>> metadata() {
    var names =
        Arbitraries.oneOf(
            Arbitraries.of("traceparent", "tracestate", "baggage"),
            Arbitraries.strings().alpha().ofMaxLength(10).map(name -> "meta-" + name));
    return Arbitraries.maps(names, texts(30)).ofMaxSize(8);
  }

  public static Arbitrary<ReplyBody> replyBodies() {
    return Combinators.combine(
            texts(20),
            texts(50),
            Arbitraries.maps(texts(10), texts(10)).ofMaxSize(4),
            Arbitraries.longs().greaterOrEqual(0),
            texts(20),
            bytes(50))
        .as(ReplyBody::new);
  }

  public static Arbitrary<EncodedMessage> messages() {
    return Combinators.combine(
            texts(EncodedMessage.MAX_TYPE_LENGTH).filter(type -> !type.isEmpty()),
            Arbitraries.integers().between(1, EncodedMessage.MAX_SCHEMA_VERSION),
            bytes(60))
        .as(EncodedMessage::new);
  }

  public static Arbitrary<LogRow> rows() {
    var positions =
        Combinators.combine(
                Arbitraries.integers().between(0, 32_767), Arbitraries.longs().greaterOrEqual(0))
            .as(LogPosition::new);
    return Combinators.combine(positions, outcomes()).as(LogRow::new).withoutEdgeCases();
  }

  private static Arbitrary<Outcome> outcomes() {
    var kinds = Arbitraries.of(RowKind.class).filter(kind -> kind != RowKind.MOVED);
    return kinds.flatMap(
        kind ->
            Combinators.combine(
                    keys(),
                    kind.hasVersion()
                        ? Arbitraries.longs().greaterOrEqual(1)
                        : Arbitraries.just(Outcome.NO_VERSION),
                    ids(Outcome.MAX_COMMAND_ID_BYTES).injectNull(0.1),
                    Arbitraries.of("", "eu-west"),
                    dots().injectNull(0.3),
                    stamps(),
                    blobs(kind.hasVersion()))
                .as(
                    (key, version, commandId, slot, dot, stamp, blobs) ->
                        new Outcome(kind, key, version, commandId, slot, dot, stamp, blobs)));
  }

  private static Arbitrary<Stamp> stamps() {
    var longs = Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(EXTREMES));
    return Combinators.combine(longs, longs, longs).as(Stamp::new);
  }

  private static Arbitrary<Blobs> blobs(boolean withEvents) {
    return Combinators.combine(
            causalities().map(CausalityBlob::encode),
            metadata().map(MetadataBlob::encode),
            replyBodies().map(ReplyBlob::encode),
            messages().list().ofMaxSize(withEvents ? 5 : 0).map(EventsBlob::encode))
        .as(Blobs::new);
  }
}
