package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.anabranch.gate.Causality;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.values.Values;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.GateBlob;
import dev.anabranch.wire.blob.GraphBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import dev.anabranch.wire.blob.ResolutionBlob;
import dev.anabranch.wire.blob.WireFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Whatever bytes arrive: a decoder understands them or throws {@link WireFormatException}, nothing
 * else. Random bytes seldom get past the format version, so valid ones are damaged as well.
 */
class HostileBytesTest {

  @Property(shrinking = ShrinkingMode.OFF)
  void randomBytesAreNoDanger(@ForAll("blobs") byte[] bytes) {
    refusesOrReads(CausalityBlob::decode, bytes);
    refusesOrReads(MetadataBlob::decode, bytes);
    refusesOrReads(ReplyBlob::decode, bytes);
    refusesOrReads(EventsBlob::decode, bytes);
    refusesOrReads(EventsBlob::types, bytes);
    refusesOrReads(ResolutionBlob::decode, bytes);
    refusesOrReads(GraphBlob::decode, bytes);
    refusesOrReads(GraphBlob::decodeSummary, bytes);
    refusesOrReads(GateBlob::decodeArrival, bytes);
    refusesOrReads(GateBlob::decodeStability, bytes);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void damagedEntriesOfGraphAndGateAreNoDanger(@ForAll int position, @ForAll byte replacement) {
    for (var file : List.of("graph-entry", "graph-entry-resolution", "graph-summary")) {
      var bytes = damaged(stored(file), position, replacement);
      refusesOrReads(GraphBlob::decode, bytes);
      refusesOrReads(GraphBlob::decodeSummary, bytes);
    }
    refusesOrReads(ResolutionBlob::decode, damaged(stored("resolution"), position, replacement));
    refusesOrReads(GateBlob::decodeArrival, damaged(stored("gate-held"), position, replacement));
    refusesOrReads(
        GateBlob::decodeStability, damaged(stored("gate-stability"), position, replacement));
  }

  private static byte[] stored(String file) {
    try {
      var hex = Files.readString(Path.of("src/test/resources/format-1", file + ".hex"));
      return HexFormat.of().parseHex(hex.replace("\n", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void damagedBytesAreNoDanger(
      @ForAll("rows") LogRow row, @ForAll int position, @ForAll byte replacement) {
    var blobs = row.outcome().blobs();
    refusesOrReads(CausalityBlob::decode, damaged(blobs.causality(), position, replacement));
    refusesOrReads(MetadataBlob::decode, damaged(blobs.metadata(), position, replacement));
    refusesOrReads(ReplyBlob::decode, damaged(blobs.reply(), position, replacement));
    refusesOrReads(EventsBlob::decode, damaged(blobs.events(), position, replacement));
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void onlyTheCanonicalFormOfCausalityIsRead(
      @ForAll("causalities") Causality causality, @ForAll int position, @ForAll byte replacement) {
    var bytes = damaged(CausalityBlob.encode(causality), position, replacement);
    var read = new ArrayList<Causality>();
    refusesOrReads(blob -> read.add(CausalityBlob.decode(blob)), bytes);

    read.forEach(
        decoded ->
            assertThat(CausalityBlob.decode(CausalityBlob.encode(decoded))).isEqualTo(decoded));
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void anyRecordIsNoDanger(@ForAll("records") MessageRecord message) {
    refusesOrReads(EventWire::decode, message);
    refusesOrReads(ReplyWire::decode, message);
    // A malformed command is an answer, not an exception.
    assertThat(CommandWire.decode(message)).isNotNull();
    assertThat(CommandWire.routingKey(message)).isNotNull();
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void aDamagedEventIsNoDanger(
      @ForAll("rows") LogRow row, @ForAll int index, @ForAll("blobs") byte[] replacement) {
    var message = EventWire.encode(row, "eu-west");
    var headers = new ArrayList<>(message.headers());
    var at = Math.floorMod(index, headers.size());
    headers.set(at, new RecordHeader(headers.get(at).name(), replacement));
    refusesOrReads(EventWire::decode, new MessageRecord(message.key(), message.value(), headers));
    headers.remove(at);
    refusesOrReads(EventWire::decode, new MessageRecord(message.key(), message.value(), headers));
  }

  private static <T> void refusesOrReads(Consumer<T> decoder, T hostile) {
    var failure = catchThrowable(() -> decoder.accept(hostile));
    if (failure != null) {
      assertThat(failure).isExactlyInstanceOf(WireFormatException.class);
      assertThat(failure.getMessage()).isNotBlank();
    }
  }

  private static byte[] damaged(byte[] bytes, int position, byte replacement) {
    if (bytes.length == 0) {
      return new byte[] {replacement};
    }
    var damaged = bytes.clone();
    damaged[Math.floorMod(position, bytes.length)] = replacement;
    return damaged;
  }

  @Provide
  Arbitrary<byte[]> blobs() {
    var withFormat =
        Values.bytes(40)
            .map(
                bytes -> {
                  var versioned = new byte[bytes.length + 1];
                  versioned[0] = 1;
                  System.arraycopy(bytes, 0, versioned, 1, bytes.length);
                  return versioned;
                });
    return Arbitraries.oneOf(Values.bytes(40), withFormat);
  }

  @Provide
  Arbitrary<LogRow> rows() {
    return Values.rows();
  }

  @Provide
  Arbitrary<Causality> causalities() {
    return Values.causalities();
  }

  @Provide
  Arbitrary<MessageRecord> records() {
    return Combinators.combine(
            Values.bytes(20).injectNull(0.3),
            Values.bytes(20).injectNull(0.3),
            headers().list().ofMaxSize(30))
        .as(MessageRecord::new);
  }

  private static Arbitrary<RecordHeader> headers() {
    var names = new ArrayList<String>();
    for (var field : Headers.class.getFields()) {
      try {
        names.add((String) field.get(null));
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
    names.add("meta-x");
    var plausible =
        Arbitraries.of(List.of("1.0", "1", "7", "commit", "accepted", "eu-west", "a:1", "Account"))
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
    return Combinators.combine(
            Arbitraries.of(names), Arbitraries.oneOf(plausible, Values.bytes(12)))
        .as(RecordHeader::new);
  }
}
