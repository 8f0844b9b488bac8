package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.values.Values;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Round trips, canonical forms and sizes of the four parts of a row. */
class BlobsTest {

  private static final RegionId EU = new RegionId("eu-west");

  @Property(shrinking = ShrinkingMode.OFF)
  void causalityIsRestored(@ForAll("causalities") Causality causality) {
    assertThat(CausalityBlob.decode(CausalityBlob.encode(causality))).isEqualTo(causality);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void metadataIsRestored(@ForAll("metadata") Map<String, String> metadata) {
    assertThat(MetadataBlob.decode(MetadataBlob.encode(metadata))).isEqualTo(metadata);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void aReplyIsRestored(@ForAll("replies") ReplyBody reply) {
    assertThat(ReplyBlob.decode(ReplyBlob.encode(reply)))
        .usingRecursiveComparison()
        .isEqualTo(reply);
  }

  @Test
  void theCodeOfEarlierRowsIsReadAsItIsCalledNow() {
    // Format 1, version 3, code "VersionConflict", what was expected and is: as stored before.
    var stored =
        HexFormat.of()
            .parseHex(
                "0105030f56657273696f6e436f6e666c696374"
                    + "020661637475616c01320865787065637465640131");

    var read = ReplyBlob.decode(stored);

    assertThat(read.code()).isEqualTo("version-conflict");
    assertThat(read.version()).isEqualTo(3);
    assertThat(read.details()).containsOnly(entry("expected", "1"), entry("actual", "2"));
    assertThat(ReplyBlob.encode(read)).isNotEqualTo(stored);
    // The code of an application, which says nothing of versions.
    var other = HexFormat.of().parseHex("0101030f56657273696f6e436f6e666c696374");
    assertThat(ReplyBlob.decode(other).code()).isEqualTo("VersionConflict");
    assertThat(ReplyBlob.encode(ReplyBlob.decode(other))).isEqualTo(other);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void eventsAreRestored(@ForAll("events") List<EncodedMessage> events) {
    var blob = EventsBlob.encode(events);

    assertThat(EventsBlob.decode(blob)).usingRecursiveComparison().isEqualTo(events);
    assertThat(EventsBlob.types(blob))
        .containsExactlyElementsOf(events.stream().map(EncodedMessage::type).distinct().toList());
  }

  @Test
  void nothingTakesNoBytes() {
    assertThat(CausalityBlob.encode(Causality.NONE)).isSameAs(Blobs.EMPTY);
    assertThat(MetadataBlob.encode(Map.of())).isSameAs(Blobs.EMPTY);
    assertThat(ReplyBlob.encode(ReplyBody.EMPTY)).isSameAs(Blobs.EMPTY);
    assertThat(EventsBlob.encode(List.of())).isSameAs(Blobs.EMPTY);
    assertThat(CausalityBlob.decode(Blobs.EMPTY)).isEqualTo(Causality.NONE);
    assertThat(MetadataBlob.decode(Blobs.EMPTY)).isEmpty();
    assertThat(ReplyBlob.decode(Blobs.EMPTY)).isEqualTo(ReplyBody.EMPTY);
    assertThat(EventsBlob.decode(Blobs.EMPTY)).isEmpty();
  }

  @Test
  void causalityOfASingleRegionIsTiny() {
    var hlc = VectorTime.of(Map.of(EU, 1_700_000_000_000L << 16));
    var first = new Causality(VectorTime.ZERO, List.of(), hlc, "");
    var later =
        new Causality(VectorTime.of(Map.of(EU, 9_999L)), List.of(new Dot(EU, 9_999)), hlc, "");

    assertThat(CausalityBlob.encode(first)).hasSizeLessThanOrEqualTo(20);
    assertThat(CausalityBlob.encode(later)).hasSizeLessThanOrEqualTo(24);
  }

  @Test
  void metadataIsTheSameBytesInAnyOrder() {
    var forth = new HashMap<String, String>();
    var back = new LinkedHashMap<String, String>();
    for (var i = 0; i < 20; i++) {
      forth.put("meta-" + i, "v" + i);
      back.put("meta-" + (19 - i), "v" + (19 - i));
    }

    assertThat(MetadataBlob.encode(forth)).isEqualTo(MetadataBlob.encode(back));
  }

  @Test
  void metadataIsBounded() {
    var many = new HashMap<String, String>();
    for (var i = 0; i < 33; i++) {
      many.put("meta-" + i, "");
    }

    assertThatThrownBy(() -> MetadataBlob.encode(many)).hasMessageContaining("32 is the limit");
    assertThatThrownBy(() -> MetadataBlob.encode(Map.of("meta-a", "x".repeat(8_192))))
        .hasMessageContaining("8192 is the limit");
  }

  @Test
  void aLengthBeyondTheBytesIsRefusedBeforeAnythingIsAllocated() {
    var twoGigabytes = new byte[] {1, 1, 1, 'T', 1, -1, -1, -1, -1, 7};

    assertThatThrownBy(() -> EventsBlob.decode(twoGigabytes))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("event data")
        .hasMessageContaining("2147483647");
  }

  @Test
  void aNewerFormatIsNamed() {
    assertThatThrownBy(() -> EventsBlob.decode(new byte[] {2, 1}))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("format version is 2, this release reads 1")
        .hasMessageContaining("upgrade");
  }

  @Test
  void whateverIsCutOffIsRefused() {
    var causality =
        CausalityBlob.encode(
            new Causality(
                VectorTime.of(Map.of(EU, 300L, new RegionId("us"), 2L)),
                List.of(new Dot(EU, 300)),
                VectorTime.ZERO,
                "resolver"));
    for (var length = 1; length < causality.length; length++) {
      var cut = Arrays.copyOf(causality, length);
      assertThatThrownBy(() -> CausalityBlob.decode(cut)).isInstanceOf(WireFormatException.class);
    }
    var extended = Arrays.copyOf(causality, causality.length + 1);
    assertThatThrownBy(() -> CausalityBlob.decode(extended)).hasMessageContaining("more bytes");
  }

  @Test
  void aHundredEventsKeepTheirOrder() {
    var events = new ArrayList<EncodedMessage>();
    for (var i = 0; i < 100; i++) {
      events.add(new EncodedMessage("T" + i % 2, 1, new byte[] {(byte) i}));
    }

    assertThat(EventsBlob.decode(EventsBlob.encode(events)))
        .usingRecursiveComparison()
        .isEqualTo(events);
  }

  @Provide
  Arbitrary<Causality> causalities() {
    return Values.causalities();
  }

  @Provide
  Arbitrary<Map<String, String>> metadata() {
    return Values.metadata();
  }

  @Provide
  Arbitrary<ReplyBody> replies() {
    return Values.replyBodies();
  }

  @Provide
  Arbitrary<List<EncodedMessage>> events() {
    return Values.messages().list().ofMaxSize(6);
  }
}
