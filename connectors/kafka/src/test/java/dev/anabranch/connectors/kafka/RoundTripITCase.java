package dev.anabranch.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.connectors.kafka.TestJobs.Running;
import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.connectors.kafka.reply.ReplySink;
import dev.anabranch.connectors.kafka.sink.DeadLetterSink;
import dev.anabranch.connectors.kafka.sink.EventSink;
import dev.anabranch.connectors.kafka.sink.Republisher;
import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.serde.CommandRecordTypeInfo;
import dev.anabranch.serde.LogRowTypeInfo;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.Headers;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in, everything else out, in a real job on a real broker. */
class RoundTripITCase {

  private static final int COMMANDS = 400;
  private static final int SHARDS = 4;

  /** Whether the job of a test has had its failure. */
  private static final AtomicBoolean failed = new AtomicBoolean();

  private static TestBroker broker;
  @TempDir private Path checkpoints;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void everyRecordComesThroughAndHostileOnesAsTheyCame() throws Exception {
    createTopics("all");
    var hostile = hostileRecords();
    for (var i = 0; i < COMMANDS; i++) {
      broker.send("all.commands", i % SHARDS, TestMessages.command("id-" + i, "c" + i));
    }
    for (var i = 0; i < hostile.size(); i++) {
      broker.send("all.commands", i % SHARDS, hostile.get(i));
    }
    broker.flush();
    var env = TestJobs.environment(checkpoints, 0);
    var answered =
        env.fromSource(commands("all"), WatermarkStrategy.noWatermarks(), "commands")
            .process(new AnswerEverything())
            .returns(LogRowTypeInfo.INSTANCE);
    answered.sinkTo(events("all").build());
    sinkTheRest("all", answered);

    try (var job = Running.start(env)) {
      var events = broker.read("all.events", COMMANDS + hostile.size());
      assertThat(events).hasSize(COMMANDS + hostile.size());
      assertThat(broker.read("all.replies", COMMANDS))
          .allSatisfy(reply -> assertThat(TestBroker.header(reply, Headers.STATUS)).isNotNull());
      var letters = broker.read("all.dead", hostile.size());
      assertThat(letters.stream().map(KafkaRecords::fromConsumer))
          .allSatisfy(
              letter ->
                  assertThat(Headers.text(letter.headers(), Headers.DEAD_LETTER_CODE))
                      .isEqualTo("unroutable"))
          .anySatisfy(letter -> assertThat(letter.value()).isNull())
          .anySatisfy(letter -> assertThat(letter.value()).hasSize(900_000))
          .anySatisfy(
              letter -> assertThat(Headers.value(letter.headers(), "")).isEqualTo(new byte[] {0}));
      awaitCommittedOffsets("all", COMMANDS + hostile.size());
      job.assertRuns();
    }

    assertThat(read("all")).hasSizeGreaterThanOrEqualTo(COMMANDS + hostile.size());
  }

  @Test
  void exactlyOnceReadersSeeEachRowOnceThoughTheJobFails() throws Exception {
    createTopics("once");
    for (var i = 0; i < COMMANDS; i++) {
      broker.send("once.commands", i % SHARDS, TestMessages.command("id-" + i, "c" + i));
    }
    broker.flush();
    failed.set(false);
    var env = TestJobs.environment(checkpoints, 3);
    env.fromSource(commands("once"), WatermarkStrategy.noWatermarks(), "commands")
        .map(new FailOnce())
        .returns(CommandRecordTypeInfo.INSTANCE)
        .process(new AnswerEverything())
        .returns(LogRowTypeInfo.INSTANCE)
        .sinkTo(events("once").exactlyOnce("once-test", Duration.ofMinutes(5)).build());

    List<Long> positions = new ArrayList<>();
    try (var job = Running.start(env)) {
      broker.read("once.events", COMMANDS / 2);
      for (var i = 0; i < COMMANDS; i++) {
        broker.send("once.commands", i % SHARDS, TestMessages.command("id-" + i, "d" + i));
      }
      broker.flush();
      assertThat(broker.read("once.events", 2 * COMMANDS)).hasSize(2 * COMMANDS);
      job.assertRuns();
    }

    assertThat(failed).isTrue();
    var result = reader("once").read(row -> positions.add(row.offset()));
    assertThat(result.isClean()).isTrue();
    assertThat(result.repeats()).isZero();
    assertThat(positions).hasSize(2 * COMMANDS);
  }

  @Test
  void aTopicWithTooFewPartitionsFailsTheJobWithARemedy() throws Exception {
    createTopics("few");
    broker.createTopic("few.narrow", 1);
    broker.send("few.commands", 0, TestMessages.command("id", "c"));
    broker.flush();
    var env = TestJobs.environment(checkpoints, 0);
    env.fromSource(commands("few"), WatermarkStrategy.noWatermarks(), "commands")
        .process(new AnswerEverything())
        .returns(LogRowTypeInfo.INSTANCE)
        .sinkTo(
            EventSink.builder(broker.connection(), "few.narrow", TestMessages.layout(SHARDS, 2))
                .build());

    assertThat(env.executeAsync().getJobExecutionResult())
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableThat()
        .havingRootCause()
        .withMessageContaining("topic few.narrow has 1 partitions")
        .withMessageContaining("--alter --topic few.narrow --partitions 2");
  }

  /** As one that was stored under another limit, or in another region. */
  @Test
  void aRowAboveTheLimitOfNewOnesIsPublishedWhereTheTopicTakesIt() throws Exception {
    broker.kafka().createTopic("wide.events", 2, Map.of("max.message.bytes", "3000000"));
    var row = largeRow();

    publish("wide", row);
    try (var again =
        new Republisher(broker.connection(), "wide.events", TestMessages.layout(SHARDS, 2))) {
      again.publish(row);
      again.flush();
    }

    assertThat(broker.read("wide.events", 2)).hasSize(2);
    assertThat(read("wide"))
        .singleElement()
        .satisfies(
            read ->
                assertThat(read.outcome().blobs().events())
                    .isEqualTo(row.outcome().blobs().events()));
  }

  /** Nothing is left out: the job can go on when somebody has raised the limit. */
  @Test
  void aRowThatTheTopicDoesNotTakeFailsTheJobUntilTheTopicTakesIt() throws Exception {
    broker.createTopic("narrow.events", 2);
    var row = largeRow();
    assertThatThrownBy(() -> publish("narrow", row))
        .rootCause()
        .isInstanceOf(RecordTooLargeException.class);
    assertThat(read("narrow")).isEmpty();

    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "narrow.events");
    var raised = new ConfigEntry("max.message.bytes", "3000000");
    try (var admin = Admin.create(broker.connection().toProperties())) {
      admin
          .incrementalAlterConfigs(
              Map.of(topic, List.of(new AlterConfigOp(raised, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    publish("narrow", row);

    assertThat(read("narrow")).hasSize(1);
  }

  private void publish(String prefix, LogRow row) throws Exception {
    var env = TestJobs.environment(checkpoints, 0);
    env.fromData(List.of(row), LogRowTypeInfo.INSTANCE)
        .sinkTo(events(prefix).maxRecordBytes(3_000_000).build());
    env.execute();
  }

  private static LogRow largeRow() {
    var row = TestMessages.row(0, 0);
    var outcome = row.outcome();
    var events = EventsBlob.encode(List.of(new EncodedMessage("Large", 1, new byte[2_500_000])));
    var blobs = outcome.blobs();
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            outcome.slot(),
            outcome.dot(),
            outcome.stamp(),
            new Blobs(blobs.causality(), blobs.metadata(), blobs.reply(), events))
        .at(row.shard(), row.offset());
  }

  private static List<MessageRecord> hostileRecords() {
    var command = TestMessages.command("x", "c");
    return List.of(
        new MessageRecord(null, null, List.of()),
        new MessageRecord(new byte[] {(byte) 0xff}, new byte[0], List.of()),
        new MessageRecord(command.key(), new byte[900_000], List.of()),
        new MessageRecord(null, new byte[1], List.of(new RecordHeader("", new byte[] {0}))),
        with(command, Headers.SUBJECT, "x".repeat(10_000).getBytes(StandardCharsets.UTF_8)),
        with(command, Headers.SUBJECT, new byte[] {(byte) 0xc3, 0x28}),
        with(command, Headers.SUBJECT, new byte[0]),
        with(command, Headers.AGGREGATE_TYPE, "a/b".getBytes(StandardCharsets.UTF_8)),
        with(command, Headers.AGGREGATE_TYPE, "'; drop".getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageRecord with(MessageRecord message, String header, byte[] value) {
    var headers = new ArrayList<>(message.headers());
    headers.removeIf(candidate -> candidate.name().equals(header));
    headers.add(new RecordHeader(header, value));
    var changed = new MessageRecord(message.key(), message.value(), headers);
    assertThat(CommandWire.routingKey(changed)).isEmpty();
    return changed;
  }

  private static void createTopics(String prefix) {
    broker.createTopic(prefix + ".commands", SHARDS);
    broker.createTopic(prefix + ".events", 2);
    broker.createTopic(prefix + ".replies", 2);
    broker.createTopic(prefix + ".dead", 1);
  }

  private static Source<CommandRecord, ?, ?> commands(String prefix) {
    return CommandSource.builder(broker.connection(), List.of(prefix + ".commands"), prefix)
        .build();
  }

  private static EventSink.Builder events(String prefix) {
    return EventSink.builder(
        broker.connection(), prefix + ".events", TestMessages.layout(SHARDS, 2));
  }

  private static void sinkTheRest(String prefix, SingleOutputStreamOperator<LogRow> answered) {
    answered
        .getSideOutput(AnswerEverything.REPLIES)
        .sinkTo(ReplySink.of(ReplySink.Options.of(broker.connection(), prefix + ".replies")));
    answered
        .getSideOutput(AnswerEverything.DEAD_LETTERS)
        .sinkTo(DeadLetterSink.of(broker.connection(), prefix + ".dead", 1_000_000, Map.of()));
  }

  private static EventTopicReader reader(String prefix) {
    return new EventTopicReader(
        broker.connection(), prefix + ".events", TestMessages.layout(SHARDS, 2));
  }

  private static List<LogRow> read(String prefix) {
    List<LogRow> rows = new ArrayList<>();
    assertThat(reader(prefix).read(rows::add).isClean()).isTrue();
    return rows;
  }

  /** An idle fetcher sleeps for up to ten seconds before it commits, so there are more commands. */
  private static void awaitCommittedOffsets(String group, long expected) throws Exception {
    try (var admin = Admin.create(broker.connection().toProperties())) {
      long committed = 0;
      for (var more = 0; more < 1_000 && committed < expected; more++) {
        broker.send(group + ".commands", more % SHARDS, TestMessages.command("more", "m" + more));
        broker.flush();
        Map<TopicPartition, OffsetAndMetadata> offsets =
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        committed = offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
      }
      assertThat(committed).isGreaterThanOrEqualTo(expected);
    }
  }

  /** Fails when it has seen half of the commands of its task, in the first attempt only. */
  private static final class FailOnce implements MapFunction<CommandRecord, CommandRecord> {
    private static final long serialVersionUID = 1L;
    private int seen;

    @Override
    public CommandRecord map(CommandRecord command) {
      if (++seen > COMMANDS / 2 + 10 && failed.compareAndSet(false, true)) {
        throw new IllegalStateException("the failure of the test");
      }
      return command;
    }
  }
}
