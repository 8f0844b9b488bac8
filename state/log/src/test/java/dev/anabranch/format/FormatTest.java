package dev.anabranch.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.serde.AggregateRecordSerializer;
import dev.anabranch.serde.AggregateViewSerializer;
import dev.anabranch.serde.CommandRecordSerializer;
import dev.anabranch.serde.CommandReplySerializer;
import dev.anabranch.serde.ConflictRecordSerializer;
import dev.anabranch.serde.DeadLetterSerializer;
import dev.anabranch.serde.LogRowSerializer;
import dev.anabranch.serde.PublishedRowSerializer;
import dev.anabranch.serde.ShardRecordSerializer;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.ConflictWire;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.InboundWire;
import dev.anabranch.wire.RangeRequestWire;
import dev.anabranch.wire.ReplyWire;
import dev.anabranch.wire.RepublishWire;
import dev.anabranch.wire.ViewWire;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.ConflictBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.GateBlob;
import dev.anabranch.wire.blob.GraphBlob;
import dev.anabranch.wire.blob.LogProgressBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplicaBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import dev.anabranch.wire.blob.ResolutionBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every format, byte by byte, as release 1 wrote it: {@code src/test/resources/format-1}. Two tests
 * per file: the bytes are still understood, and still written. When a format changes, its new
 * version gets a folder of its own and the first test stays for the old one.
 */
class FormatTest {

  private static final Path FOLDER = Path.of("src/test/resources/format-1");
  private static final int BYTES_PER_LINE = 32;

  /**
   * One file.
   *
   * @param value what the bytes stand for
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared with equals
  record Format(String file, Object value, byte[] written, Function<byte[], Object> read) {
    @Override
    public String toString() {
      return file;
    }
  }

  static List<Format> formats() {
    return List.of(
        new Format("vector-time", Samples.TIME, Samples.TIME.encode(), VectorTime::decode),
        new Format(
            "causality",
            Samples.CAUSALITY,
            CausalityBlob.encode(Samples.CAUSALITY),
            CausalityBlob::decode),
        new Format(
            "causality-one-region",
            Samples.CAUSALITY_OF_ONE_REGION,
            CausalityBlob.encode(Samples.CAUSALITY_OF_ONE_REGION),
            CausalityBlob::decode),
        new Format(
            "metadata",
            Samples.METADATA,
            MetadataBlob.encode(Samples.METADATA),
            MetadataBlob::decode),
        new Format("reply", Samples.REPLY, ReplyBlob.encode(Samples.REPLY), ReplyBlob::decode),
        new Format("events", Samples.EVENTS, EventsBlob.encode(Samples.EVENTS), EventsBlob::decode),
        new Format(
            "resolution",
            Samples.RESOLUTION,
            ResolutionBlob.encode(Samples.RESOLUTION),
            ResolutionBlob::decode),
        new Format(
            "graph-entry",
            Samples.GRAPH_COMMIT,
            GraphBlob.encode(Samples.GRAPH_COMMIT),
            GraphBlob::decode),
        new Format(
            "graph-entry-resolution",
            Samples.GRAPH_RESOLUTION,
            GraphBlob.encode(Samples.GRAPH_RESOLUTION),
            GraphBlob::decode),
        new Format(
            "graph-summary",
            Samples.GRAPH_SUMMARY,
            GraphBlob.encode(Samples.GRAPH_SUMMARY),
            GraphBlob::decodeSummary),
        new Format(
            "graph-summary-with-resolvers",
            Samples.GRAPH_SUMMARY_WITH_RESOLVERS,
            GraphBlob.encode(Samples.GRAPH_SUMMARY_WITH_RESOLVERS),
            GraphBlob::decodeSummary),
        new Format(
            "gate-held", Samples.HELD, GateBlob.encode(Samples.HELD), GateBlob::decodeArrival),
        new Format(
            "gate-stability",
            Samples.STABILITY,
            GateBlob.encode(Samples.STABILITY),
            GateBlob::decodeStability),
        new Format(
            "conflict",
            Samples.CONFLICT,
            ConflictBlob.encode(Samples.CONFLICT),
            ConflictBlob::decode),
        new Format(
            "conflict-resolved",
            Samples.RESOLVED,
            ConflictBlob.encode(Samples.RESOLVED),
            ConflictBlob::decode),
        new Format(
            "replica-2", Samples.REPLICA, ReplicaBlob.encode(Samples.REPLICA), ReplicaBlob::decode),
        state("state-aggregate-view", new AggregateViewSerializer(), Samples.VIEW),
        state("state-conflict-record", new ConflictRecordSerializer(), Samples.CONFLICT),
        state(
            "state-published-row",
            new PublishedRowSerializer(),
            new PublishedRow("us-east", Samples.COMMIT)),
        state("state-command-record", new CommandRecordSerializer(), Samples.RECORD),
        state(
            "state-command-record-of-a-known-topic",
            new CommandRecordSerializer(),
            Samples.RECORD_OF_A_KNOWN_TOPIC),
        new Format(
            "log-progress",
            Samples.PROGRESS,
            LogProgressBlob.encode(Samples.PROGRESS),
            LogProgressBlob::decode),
        state("state-log-row", new LogRowSerializer(), Samples.COMMIT),
        state("state-log-row-rejected", new LogRowSerializer(), Samples.REJECTED),
        state("state-log-row-tombstone", new LogRowSerializer(), Samples.TOMBSTONE),
        state("state-command-reply", new CommandReplySerializer(), Samples.ANSWER),
        state("state-dead-letter", new DeadLetterSerializer(), Samples.LETTER),
        state("state-aggregate-record", new AggregateRecordSerializer(), Samples.AGGREGATE),
        state("state-aggregate-record-broken", new AggregateRecordSerializer(), Samples.BROKEN),
        state("state-shard-record", new ShardRecordSerializer(), Samples.SHARD));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void isStillUnderstood(Format format) throws IOException {
    assertThat(format.read.apply(stored(format)))
        .usingRecursiveComparison()
        .withEqualsForType(CommandWindow::equals, CommandWindow.class)
        .isEqualTo(format.value);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void isStillWritten(Format format) throws IOException {
    assertThat(hex(format.written)).isEqualTo(hex(stored(format)));
  }

  /** Written before it was known what the own log has. */
  @Test
  void theFirstReplicaIsStillUnderstood() throws IOException {
    var format = new Format("replica", Samples.REPLICA, new byte[0], ReplicaBlob::decode);
    assertThat(format.read.apply(stored(format)))
        .usingRecursiveComparison()
        .ignoringFields("inLog")
        .isEqualTo(Samples.REPLICA);
    assertThat(ReplicaBlob.decode(stored(format)).inLog()).isEqualTo(VectorTime.ZERO);
  }

  @Test
  void aCommandIsStillWrittenAndUnderstood() throws IOException {
    var message = CommandWire.encode(Samples.COMMAND, "application/json", "/shop");

    assertThat(text(message)).isEqualTo(storedText("kafka-command"));
    assertThat(CommandWire.decode(message))
        .usingRecursiveComparison()
        .isEqualTo(new CommandWire.WellFormed(Samples.COMMAND));
  }

  @Test
  void aReplyIsStillWrittenAndUnderstood() throws IOException {
    var message = ReplyWire.encode(Samples.ANSWER);

    assertThat(text(message)).isEqualTo(storedText("kafka-reply"));
    assertThat(ReplyWire.decode(message)).usingRecursiveComparison().isEqualTo(Samples.ANSWER);
  }

  @Test
  void rowsAreStillWrittenAndUnderstood() throws IOException {
    var rows = List.of(Samples.COMMIT, Samples.REJECTED, Samples.TOMBSTONE);
    var texts = new ArrayList<String>();
    for (var row : rows) {
      var message = EventWire.encode(row, "eu-west");
      texts.add(text(message));
      assertThat(EventWire.decode(message).row().isIdenticalTo(row)).isTrue();
    }

    assertThat(String.join("\n", texts)).isEqualTo(storedText("kafka-events"));
  }

  @Test
  void whatTheCrossRegionJobPublishesIsStillWrittenAndUnderstood() throws IOException {
    assertThat(crossRegion()).isEqualTo(storedText("kafka-cross-region"));
    for (var view : List.of(Samples.VIEW, Samples.VIEW_OF_CONFLICT)) {
      assertThat(ViewWire.decode(ViewWire.encode(view))).usingRecursiveComparison().isEqualTo(view);
    }
    for (var conflict : List.of(Samples.CONFLICT, Samples.RESOLVED)) {
      assertThat(ConflictWire.decode(ConflictWire.encode(conflict)))
          .usingRecursiveComparison()
          .isEqualTo(conflict);
    }
    var inbound = new PublishedRow("us-east", Samples.COMMIT);
    var read = InboundWire.decode(InboundWire.encode(inbound));
    assertThat(read.region()).isEqualTo("us-east");
    assertThat(read.row().isIdenticalTo(Samples.COMMIT)).isTrue();
  }

  @Test
  void aRequestToPublishAgainIsStillWrittenAndUnderstood() throws IOException {
    assertThat(text(RepublishWire.encode(Samples.REPUBLISH)))
        .isEqualTo(storedText("kafka-republish"));
    assertThat(RepublishWire.decode(RepublishWire.encode(Samples.REPUBLISH)))
        .isEqualTo(Samples.REPUBLISH);
  }

  @Test
  void aRequestForARangeIsStillWrittenAndUnderstood() throws IOException {
    var message = RangeRequestWire.encode(Samples.RANGE);
    assertThat(text(message)).isEqualTo(storedText("kafka-republish-range"));
    assertThat(RangeRequestWire.decode(message)).contains(Samples.RANGE);
    assertThat(RangeRequestWire.decode(RepublishWire.encode(Samples.REPUBLISH))).isEmpty();
  }

  @Test
  void aSupersededReplyIsStillWrittenAndUnderstood() throws IOException {
    var wire = ReplyWire.encode(Samples.SUPERSEDED);
    assertThat(text(wire)).isEqualTo(storedText("kafka-reply-superseded"));
    assertThat(ReplyWire.decode(wire)).usingRecursiveComparison().isEqualTo(Samples.SUPERSEDED);

    var out = new DataOutputSerializer(64);
    var serializer = new CommandReplySerializer();
    serializer.serialize(Samples.SUPERSEDED, out);
    var read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    assertThat(read).usingRecursiveComparison().isEqualTo(Samples.SUPERSEDED);
  }

  private static String crossRegion() {
    return String.join(
        "\n",
        text(InboundWire.encode(new PublishedRow("us-east", Samples.TOMBSTONE))),
        text(ViewWire.encode(Samples.VIEW)),
        text(ViewWire.encode(Samples.VIEW_OF_CONFLICT)),
        text(ConflictWire.encode(Samples.CONFLICT)),
        text(ConflictWire.encode(Samples.RESOLVED)));
  }

  @Test
  @Disabled(
      "writes the files: run it by hand for a new format, and read the diff before committing")
  void writesTheFiles() throws IOException {
    Files.createDirectories(FOLDER);
    for (var format : formats()) {
      Files.writeString(FOLDER.resolve(format.file + ".hex"), hex(format.written));
    }
    Files.writeString(
        FOLDER.resolve("kafka-command.txt"),
        text(CommandWire.encode(Samples.COMMAND, "application/json", "/shop")));
    Files.writeString(FOLDER.resolve("kafka-cross-region.txt"), crossRegion());
    Files.writeString(
        FOLDER.resolve("kafka-republish.txt"), text(RepublishWire.encode(Samples.REPUBLISH)));
    Files.writeString(
        FOLDER.resolve("kafka-republish-range.txt"), text(RangeRequestWire.encode(Samples.RANGE)));
    Files.writeString(
        FOLDER.resolve("kafka-reply-superseded.txt"), text(ReplyWire.encode(Samples.SUPERSEDED)));
    Files.writeString(FOLDER.resolve("kafka-reply.txt"), text(ReplyWire.encode(Samples.ANSWER)));
    Files.writeString(
        FOLDER.resolve("kafka-events.txt"),
        List.of(Samples.COMMIT, Samples.REJECTED, Samples.TOMBSTONE).stream()
            .map(row -> text(EventWire.encode(row, "eu-west")))
            .collect(Collectors.joining("\n")));
  }

  private static <T> Format state(String file, TypeSerializer<T> serializer, T value) {
    try {
      var out = new DataOutputSerializer(64);
      serializer.serialize(value, out);
      return new Format(
          file,
          value,
          out.getCopyOfBuffer(),
          bytes -> {
            try {
              return serializer.deserialize(new DataInputDeserializer(bytes));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] stored(Format format) throws IOException {
    var hex = Files.readString(FOLDER.resolve(format.file + ".hex"));
    return HexFormat.of().parseHex(hex.replace("\n", ""));
  }

  private static String storedText(String file) throws IOException {
    return Files.readString(FOLDER.resolve(file + ".txt"));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of()
        .formatHex(bytes)
        .replaceAll("(.{" + 2 * BYTES_PER_LINE + "})(?!$)", "$1\n")
        .concat("\n");
  }

  /** Headers sorted by name, since their order means nothing; what is no text as hex. */
  private static String text(MessageRecord message) {
    return message.headers().stream()
        .sorted(Comparator.comparing(RecordHeader::name))
        .map(header -> header.name() + ": " + shown(header.value()) + "\n")
        .collect(
            Collectors.joining(
                "",
                "key: " + shown(message.key()) + "\n",
                "value: " + shown(message.value()) + "\n"));
  }

  private static String shown(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    var isText = text.chars().allMatch(c -> c >= ' ' && c != '\ufffd');
    return isText ? text : "0x" + HexFormat.of().formatHex(bytes);
  }
}
