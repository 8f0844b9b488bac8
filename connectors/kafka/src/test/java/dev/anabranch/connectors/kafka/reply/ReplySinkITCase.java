package dev.anabranch.connectors.kafka.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.kafka.TestBroker;
import dev.anabranch.connectors.kafka.TestJobs;
import dev.anabranch.connectors.kafka.TestJobs.Running;
import dev.anabranch.connectors.kafka.TestMessages;
import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.serde.CommandReplyTypeInfo;
import dev.anabranch.wire.Headers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job answers each command with a reply to the topic and partition that the command's aggregate
 * id names, as {@code topic:partition:bytes}.
 */
class ReplySinkITCase {

  private static final int HOSTILE = 50;

  /** Where a checkpoint comes while a topic is being looked up. */
  private static final String LATE = "did not acknowledge it in time";

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
  void repliesReachNamedTopicsAndHostileOnesHarmNobody() throws Exception {
    broker.createTopic("commands", 1);
    broker.createTopic("replies", 2);
    broker.createTopic("client-good", 3);
    broker.createTopic("secret", 1);
    broker.kafka().createTopic("client-small", 1, Map.of("max.message.bytes", "3000"));

    try (var job = Running.start(job())) {
      ask("good-1", "client-good:2:10");
      broker.flush();
      assertThat(answer("client-good", "good-1").partition()).isEqualTo(2);

      for (var i = 0; i < HOSTILE; i++) {
        ask("missing-" + i, "client-missing-" + i + ":-1:10");
      }
      ask("forbidden", "secret:0:10");
      ask("reserved", "client-reserved:0:10");
      ask("internal", "__consumer_offsets:0:10");
      ask("partition", "client-good:999:10");
      ask("negative", "client-good:-7:10");
      ask("default-partition", "replies:999:10");
      ask("small", "client-small:0:5000");
      ask("large", "client-good:0:300000");
      ask("good-2", "client-good:1:10");
      ask("default", "replies:1:10");
      broker.flush();

      assertThat(answer("client-good", "good-2").partition()).isEqualTo(1);
      var replies =
          broker.readUntil(
              "replies",
              records ->
                  records.stream().map(ReplySinkITCase::commandId).distinct().count()
                      >= HOSTILE + 7);
      assertThat(answer(replies, "default").partition()).isEqualTo(1);
      for (var i = 0; i < HOSTILE; i++) {
        assertRedirected(
            replies, "missing-" + i, "topic client-missing-" + i + " does not exist|" + LATE);
      }
      assertRedirected(
          replies, "forbidden", "topic 'secret' is not among the allowed reply topics");
      assertRedirected(replies, "reserved", "not among the allowed reply topics");
      assertRedirected(replies, "internal", "not among the allowed reply topics");
      assertRedirected(replies, "partition", "no partition 999, only 0 to 2");
      assertRedirected(replies, "negative", "no partition -7, only 0 to 2");
      assertRedirected(replies, "default-partition", "no partition 999, only 0 to 1");
      assertCut("client-small", "small", "the topic does not take records of this size");
      assertCut("client-good", "large", "the limit is 200000");
      job.assertRuns();
    }
  }

  private static void assertRedirected(
      List<ConsumerRecord<byte[], byte[]>> replies, String commandId, String reason) {
    var kafka = answer(replies, commandId);
    assertThat(TestBroker.header(kafka, ReplyRecord.REDIRECTED)).containsPattern(reason);
    assertThat(kafka.value()).as("its result").hasSize(10);
  }

  private static void assertCut(String topic, String commandId, String reason) {
    var kafka = answer(topic, commandId);
    assertThat(TestBroker.header(kafka, ReplyRecord.CUT)).startsWith("result").contains(reason);
    assertThat(kafka.value()).isEmpty();
  }

  private static ConsumerRecord<byte[], byte[]> answer(String topic, String commandId) {
    return answer(
        broker.readUntil(
            topic, records -> records.stream().anyMatch(record -> answers(record, commandId))),
        commandId);
  }

  private static ConsumerRecord<byte[], byte[]> answer(
      List<ConsumerRecord<byte[], byte[]>> replies, String commandId) {
    return replies.stream().filter(reply -> answers(reply, commandId)).findFirst().orElseThrow();
  }

  private static boolean answers(ConsumerRecord<byte[], byte[]> kafka, String commandId) {
    return commandId.equals(commandId(kafka));
  }

  private static String commandId(ConsumerRecord<byte[], byte[]> kafka) {
    return TestBroker.header(kafka, Headers.COMMAND_ID);
  }

  private static void ask(String commandId, String target) {
    broker.send("commands", 0, TestMessages.command(commandId + "=" + target, commandId));
  }

  private StreamExecutionEnvironment job() {
    var env = TestJobs.environment(checkpoints, 0, Duration.ofSeconds(5));
    env.fromSource(
            CommandSource.builder(broker.connection(), List.of("commands"), "replies-test").build(),
            WatermarkStrategy.noWatermarks(),
            "commands")
        .map(new AskedTo())
        .returns(CommandReplyTypeInfo.INSTANCE)
        .sinkTo(
            ReplySink.of(
                ReplySink.Options.of(broker.connection(), "replies")
                    .withMaxBytes(200_000)
                    .withTopicRefresh(Duration.ofSeconds(5))
                    .withAllowed(
                        new ReplyTopics(Set.of(), "client-.*|__.*", Set.of("client-reserved")))));
    return env;
  }

  /** Makes the reply that the command's aggregate id asks for. */
  private static final class AskedTo implements MapFunction<CommandRecord, CommandReply> {
    private static final long serialVersionUID = 1L;

    @Override
    public CommandReply map(CommandRecord command) {
      var asked = command.routingKey().substring("Account/".length()).split("=", -1);
      var target = asked[1].split(":", -1);
      return TestMessages.reply(
          asked[0],
          new ReplyTarget(target[0], Integer.parseInt(target[1]), null),
          new byte[Integer.parseInt(target[2])]);
    }
  }
}
