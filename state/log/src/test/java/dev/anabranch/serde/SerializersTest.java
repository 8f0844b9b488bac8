package dev.anabranch.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.gate.CausalPast;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.values.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each serializer: round trip, Flink's contract, and what a savepoint keeps of it. */
class SerializersTest {

  private static final String[] HEADERS = {"ce_id", "ce_subject", "traceparent", "x", ""};

  static List<TypeInformation<?>> types() {
    return List.of(
        CommandRecordTypeInfo.INSTANCE,
        LogRowTypeInfo.INSTANCE,
        CommandReplyTypeInfo.INSTANCE,
        DeadLetterTypeInfo.INSTANCE,
        AggregateRecordTypeInfo.INSTANCE,
        ShardRecordTypeInfo.INSTANCE);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void restoresCommandRecords(@ForAll("commands") CommandRecord command) throws IOException {
    assertRestored(new CommandRecordSerializer(), command);
  }

  @Test
  void aTopicsIdGoesWithItsNameAndItsAbsenceToo() throws IOException {
    var message = new MessageRecord(null, null, List.of());
    var serializer = new CommandRecordSerializer();
    for (var id : List.of("9sQm", "", "7xYz", "9sQm")) {
      assertRestored(
          serializer,
          new CommandRecord("T/1", message, new SourcePosition("commands", 1, 2, 3, id)));
    }
    // More epochs than are remembered, and an id that is not known.
    for (var epoch = 0; epoch < 600; epoch++) {
      var id = epoch % 3 == 0 ? "" : "9sQm";
      assertRestored(
          serializer,
          new CommandRecord(
              "T/1", message, new SourcePosition("commands", 1, 2, 3, id, epoch % 400)));
    }
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void restoresRows(@ForAll("rows") LogRow row) throws IOException {
    assertThat(restored(new LogRowSerializer(), row).isIdenticalTo(row)).isTrue();
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void restoresReplies(@ForAll("replies") CommandReply reply) throws IOException {
    assertRestored(new CommandReplySerializer(), reply);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void restoresDeadLetters(@ForAll("commands") CommandRecord command) throws IOException {
    assertRestored(new DeadLetterSerializer(), new DeadLetter(command, "code", "a \u0000 message"));
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void restoresAggregates(@ForAll("aggregates") AggregateRecord aggregate) throws IOException {
    assertRestored(new AggregateRecordSerializer(), aggregate);
  }

  @Property
  void restoresShards(@ForAll long nextOffset, @ForAll long writer, @ForAll long hlc)
      throws IOException {
    assertRestored(
        new ShardRecordSerializer(),
        new ShardRecord("550e8400-e29b-41d4-a716-446655440000", nextOffset, writer, hlc));
  }

  @ParameterizedTest
  @MethodSource("types")
  void typeInformationSurvivesTheJobGraph(TypeInformation<?> type) throws Exception {
    var copy = InstantiationUtil.clone(type);
    var serializer = type.createSerializer(new SerializerConfigImpl());

    assertThat(copy).isEqualTo(type).hasSameHashCodeAs(type);
    assertThat(InstantiationUtil.clone(serializer)).isEqualTo(serializer);
    assertThat(serializer.duplicate()).isEqualTo(serializer);
    assertThat(serializer.isImmutableType()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("types")
  <T> void aSavepointKeepsTheFormat(TypeInformation<T> type) throws Exception {
    var serializer = type.createSerializer(new SerializerConfigImpl());
    var out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
    var in = new DataInputDeserializer(out.getCopyOfBuffer());
    TypeSerializerSnapshot<T> read =
        TypeSerializerSnapshot.readVersionedSnapshot(in, getClass().getClassLoader());

    assertThat(read.restoreSerializer()).isEqualTo(serializer);
    assertThat(read.getCurrentVersion()).isEqualTo(1);
    assertThat(
            serializer.snapshotConfiguration().resolveSchemaCompatibility(read).isCompatibleAsIs())
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("types")
  <T> void aSavepointOfANewerReleaseIsRefused(TypeInformation<T> type) {
    var snapshot = type.createSerializer(new SerializerConfigImpl()).snapshotConfiguration();

    assertThatThrownBy(
            () ->
                snapshot.readSnapshot(
                    2, new DataInputDeserializer(new byte[0]), getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format 2");
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void damagedStateIsAnErrorNotARunawayAllocation(@ForAll("bytes") byte[] bytes) {
    for (var type : types()) {
      var serializer = type.createSerializer(new SerializerConfigImpl());
      try {
        serializer.deserialize(new DataInputDeserializer(bytes));
      } catch (IOException | IllegalArgumentException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  private static <T> void assertRestored(TypeSerializer<T> serializer, T value) throws IOException {
    assertThat(restored(serializer, value)).usingRecursiveComparison().isEqualTo(value);
  }

  /** Through a copy of the bytes, as Flink copies between buffers. */
  private static <T> T restored(TypeSerializer<T> serializer, T value) throws IOException {
    var out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    var copied = new DataOutputSerializer(64);
    serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
    assertThat(copied.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
    var in = new DataInputDeserializer(copied.getCopyOfBuffer());
    var restored = serializer.deserialize(in);
    assertThat(in.available()).isZero();
    return restored;
  }

  @Provide
  Arbitrary<LogRow> rows() {
    return Values.rows();
  }

  @Provide
  Arbitrary<byte[]> bytes() {
    return Values.bytes(60);
  }

  @Provide
  Arbitrary<CommandRecord> commands() {
    var headers =
        Combinators.combine(Arbitraries.of(HEADERS), Values.bytes(10)).as(RecordHeader::new);
    var positions =
        Combinators.combine(
                Arbitraries.of("commands", "other"),
                Arbitraries.integers().between(0, 1_000),
                Arbitraries.longs().greaterOrEqual(0),
                Arbitraries.longs())
            .as(SourcePosition::new);
    return Combinators.combine(
            Values.keys(),
            Arbitraries.integers().between(0, 2),
            Values.bytes(20).injectNull(0.2),
            headers.list().ofMaxSize(8),
            positions)
        .as(
            (key, keyForm, value, list, position) ->
                new CommandRecord(
                    key.toString(),
                    new MessageRecord(keyBytes(key.toString(), keyForm), value, list),
                    position));
  }

  private static byte[] keyBytes(String key, int form) {
    return switch (form) {
      case 0 -> null;
      case 1 -> key.getBytes(StandardCharsets.UTF_8);
      default -> new byte[] {-1};
    };
  }

  @Provide
  Arbitrary<CommandReply> replies() {
    var backings =
        Combinators.combine(Arbitraries.integers().between(0, 9), Values.vectorTimes())
            .as(
                (shard, revision) ->
                    new CommandReply.Backing(
                        "eu-west", new LogPosition(shard, 1L << 40), revision.token()));
    var targets =
        Combinators.combine(
                Arbitraries.of("replies").injectNull(0.5),
                Arbitraries.integers().between(-1, 100),
                Values.bytes(16).injectNull(0.3))
            .as(ReplyTarget::new);
    return Combinators.combine(
            Values.ids(64).injectNull(0.2),
            Values.keys().injectNull(0.2),
            Arbitraries.of(ReplyStatus.class),
            Values.replyBodies(),
            backings.injectNull(0.3),
            Arbitraries.of(true, false),
            targets)
        .as(CommandReply::new);
  }

  @Provide
  Arbitrary<AggregateRecord> aggregates() {
    var windows =
        Arbitraries.longs()
            .array(long[].class)
            .ofMaxSize(20)
            .map(hashes -> CommandWindow.of(hashes, hashes.clone()));
    var pasts =
        Combinators.combine(
                Values.largeVectorTimes(),
                Values.dots().list().ofMaxSize(4),
                Arbitraries.longs(),
                Values.largeVectorTimes())
            .as(CausalPast::new);
    return Combinators.combine(
            Arbitraries.longs(),
            pasts,
            Values.messages().injectNull(0.2),
            windows,
            Values.texts(30).injectNull(0.7))
        .as(AggregateRecord::new);
  }
}
