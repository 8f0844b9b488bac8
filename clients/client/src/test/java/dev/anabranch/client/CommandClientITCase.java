package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.client.CommandFailedException.Reason;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client and a {@link Responder} over real Kafka, with topics of their own for each test. */
class CommandClientITCase {

  private static final int PARTITIONS = 3;
  private static final AtomicInteger tests = new AtomicInteger();

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;

  private String commands;
  private String replies;
  private Responder responder;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start(directory);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void createTopics() {
    var test = tests.incrementAndGet();
    commands = "commands-" + test;
    replies = "replies-" + test;
    kafka.createTopic(commands, PARTITIONS, Map.of());
    kafka.createTopic(replies, PARTITIONS, Map.of());
    responder = new Responder(kafka.bootstrapServers(), commands, PARTITIONS);
  }

  @AfterEach
  void stopResponder() throws Exception {
    responder.close();
  }

  @Test
  void manyThreadsGetTheReplyToTheirOwnCommand() throws Exception {
    try (var client = client().build();
        var other = client().clientId("other").build()) {
      var threads = new ArrayList<CompletableFuture<Void>>();
      for (var t = 0; t < 4; t++) {
        var sender = t % 2 == 0 ? client : other;
        threads.add(CompletableFuture.runAsync(() -> sendMany(sender, 250)));
      }
      CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

      assertThat(client.metrics().replied()).isEqualTo(500);
      assertThat(client.metrics().sent()).isEqualTo(500);
      assertThat(client.metrics().inFlight()).isZero();
    }
  }

  @Test
  void aSentCommandCompletesWithItsPlaceInKafka() throws Exception {
    try (var client = client().build()) {
      var position = client.send(command("never"), ReplyLevel.SENT).get(30, TimeUnit.SECONDS);

      assertThat(position.topic()).isEqualTo(commands);
      assertThat(position.offset()).isZero();
    }
  }

  @Test
  void aCommandWithoutReplyIsSentAgainWithTheSameId() throws Exception {
    try (var client = client().attemptTimeout(Duration.ofMillis(300)).build()) {
      var command = command("second");

      assertThat(accepted(client.send(command, ReplyLevel.COMMITTED)).commandId())
          .isEqualTo(command.commandId());

      assertThat(client.metrics().retried()).isPositive();
      assertThat(responder.attempts(command.commandId())).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void furtherRepliesAreDropped() throws Exception {
    try (var client = client().build()) {
      accepted(client.send(command("twice"), ReplyLevel.COMMITTED));
      // In the same partition of the replies, so the second reply came before this one.
      accepted(client.send(command("answer"), ReplyLevel.COMMITTED));

      assertThat(client.metrics().lateReplies()).isEqualTo(1);
      assertThat(client.metrics().replied()).isEqualTo(2);
    }
  }

  @Test
  void aReplyAfterTheTimeoutIsDropped() {
    try (var client = client().timeout(Duration.ofMillis(500)).build()) {
      assertFails(client.send(command("hold"), ReplyLevel.COMMITTED), Reason.TIMED_OUT);
      await(() -> responder.held() == 1);

      responder.release();

      await(() -> client.metrics().lateReplies() == 1);
      assertThat(client.metrics().timedOut()).isEqualTo(1);
      assertThat(client.metrics().replied()).isZero();
    }
  }

  @Test
  void attemptsAreLimitedAndTheFailureSaysWhatToCheck() {
    try (var client = client().attemptTimeout(Duration.ofMillis(200)).maxAttempts(3).build()) {
      var command = command("never");

      var failure = assertFails(client.send(command, ReplyLevel.COMMITTED), Reason.TIMED_OUT);

      assertThat(failure.commandId()).isEqualTo(command.commandId());
      assertThat(failure.isOutcomeUnknown()).isTrue();
      assertThat(failure)
          .hasMessageContaining("3 attempts")
          .hasMessageContaining("is the command job running")
          .hasMessageContaining(replies);
      assertThat(client.metrics().retried()).isEqualTo(2);
    }
  }

  @Test
  void commandsUnderWayAreLimited() throws Exception {
    try (var client = client().maxInFlight(2).blockTimeout(Duration.ofMillis(100)).build()) {
      var first = client.send(command("hold"), ReplyLevel.COMMITTED);
      var second = client.send(command("hold"), ReplyLevel.COMMITTED);
      var third = client.send(command("answer"), ReplyLevel.COMMITTED);

      assertThat(assertFails(third, Reason.TOO_MANY_IN_FLIGHT))
          .hasMessageContaining("2 commands are under way");

      first.cancel(false);
      accepted(client.send(command("answer"), ReplyLevel.COMMITTED));
      assertThat(second).isNotDone();
    }
  }

  @Test
  void closingFailsWhatIsUnderWayAndEverythingAfter() {
    var client = client().build();
    var pending = client.send(command("never"), ReplyLevel.COMMITTED);

    client.close();

    assertThat(assertFails(pending, Reason.CLOSED)).hasMessageContaining("with its id");
    assertFails(client.send(command("answer"), ReplyLevel.COMMITTED), Reason.CLOSED);
    client.close();
  }

  @Test
  void aClientWhosePartitionOfTheRepliesIsGoneSaysSo() throws Exception {
    try (var client = clientOfAnotherPartitionThanTheFirst();
        var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      accepted(client.send(command("answer"), ReplyLevel.COMMITTED));
      admin.deleteTopics(List.of(replies)).all().get();
      await(() -> isGone(admin, replies));
      kafka.createTopic(replies, 1, Map.of());

      var failure =
          assertFails(client.send(command("never"), ReplyLevel.COMMITTED), Reason.TIMED_OUT);
      while (!failure.getMessage().contains("is gone")) {
        failure =
            assertFails(client.send(command("never"), ReplyLevel.COMMITTED), Reason.TIMED_OUT);
      }

      assertThat(failure)
          .hasMessageContaining(
              "partition " + client.replyPartition() + " of reply topic " + replies)
          .hasMessageContaining("has 1 now; build the client again");
    }
    try (var anew = client().build()) {
      accepted(anew.send(command("answer"), ReplyLevel.COMMITTED));
    }
  }

  /** The records before were deleted: what is left may be a reply that somebody waits for. */
  @Test
  void whoseReplyTopicLostThePositionReadsOnFromTheFirstReplyThatIsLeft() throws Exception {
    var values = new LinkedBlockingQueue<String>();
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        var poller = ReplyPoller.open(options(), Duration.ofSeconds(30))) {
      var partition = new TopicPartition(replies, poller.partition());
      reply(partition, "0", "1", "2", "3");
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2))).all().get();

      poller.start(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));

      assertThat(values.poll(30, TimeUnit.SECONDS)).isEqualTo("2");
      assertThat(values.poll(30, TimeUnit.SECONDS)).isEqualTo("3");
    }
  }

  private ClientOptions options() {
    return new ClientOptions(
        kafka.bootstrapServers(),
        commands,
        replies,
        "test",
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        3,
        10,
        Duration.ofSeconds(1),
        Map.of());
  }

  private static void reply(TopicPartition partition, String... values) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      for (var value : values) {
        producer
            .send(new ProducerRecord<>(partition.topic(), partition.partition(), null, value))
            .get(30, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void anUnreadableReplyFailsItsCommandOnly() throws Exception {
    try (var client = client().build()) {
      assertFails(client.send(command("garbage"), ReplyLevel.COMMITTED), Reason.UNREADABLE_REPLY);
      accepted(client.send(command("answer"), ReplyLevel.COMMITTED));
    }
  }

  @Test
  void aCommandThatKafkaRefusesIsNotSent() {
    try (var client = client().properties(Map.of("max.request.size", "2000")).build()) {
      var large =
          Command.of(
              new AggregateKey("Account", "1"),
              new EncodedMessage("answer", 1, new byte[5000]),
              "application/json");

      assertThat(assertFails(client.send(large, ReplyLevel.COMMITTED), Reason.NOT_SENT))
          .hasMessageContaining(commands)
          .hasMessageContaining("max.request.size");
      assertThat(client.metrics().inFlight()).isZero();
    }
  }

  @Test
  void missingTopicsAreNamedAtOnce() {
    assertThatThrownBy(
            () -> client().replyTopic("nowhere").startTimeout(Duration.ofSeconds(2)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("reply topic nowhere");
    assertThatThrownBy(
            () -> client().commandsTopic("nowhere").startTimeout(Duration.ofSeconds(2)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("commands topic nowhere");
  }

  @Test
  void futuresCompleteOnTheExecutorThatIsGiven() throws Exception {
    try (var client = client().executor(task -> new Thread(task, "mine").start()).build()) {
      var thread =
          client
              .send(command("answer"), ReplyLevel.COMMITTED)
              .thenApply(reply -> Thread.currentThread().getName());

      // Chained before the reply came, or run by this thread after it did.
      assertThat(thread.get(30, TimeUnit.SECONDS)).isIn("mine", Thread.currentThread().getName());
    }
  }

  @Test
  void aBrokerRestartDelaysRepliesAndLosesNone() throws Exception {
    try (var client = client().attemptTimeout(Duration.ofSeconds(1)).build()) {
      accepted(client.send(command("answer"), ReplyLevel.COMMITTED));
      var held = client.send(command("second"), ReplyLevel.COMMITTED);

      kafka.stop();
      var during = new ArrayList<CompletableFuture<CommandReply>>();
      for (var i = 0; i < 20; i++) {
        during.add(client.send(command("answer"), ReplyLevel.COMMITTED));
      }
      kafka.restart();

      for (var reply : during) {
        accepted(reply);
      }
      accepted(held);
      sendMany(client, 20);
      assertThat(client.metrics().timedOut()).isZero();
    }
  }

  private CommandClient clientOfAnotherPartitionThanTheFirst() {
    while (true) {
      var client = client().timeout(Duration.ofSeconds(2)).build();
      if (client.replyPartition() > 0) {
        return client;
      }
      client.close();
    }
  }

  private static boolean isGone(Admin admin, String topic) {
    return !admin
        .listTopics()
        .names()
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .contains(topic);
  }

  /** As long as a test may take. */
  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private CommandClientBuilder client() {
    return CommandClient.builder()
        .bootstrapServers(kafka.bootstrapServers())
        .commandsTopic(commands)
        .replyTopic(replies);
  }

  private static void sendMany(CommandClient client, int count) {
    var sent = new ArrayList<Command>();
    var results = new ArrayList<CompletableFuture<CommandReply>>();
    for (var i = 0; i < count; i++) {
      var command = command("answer");
      sent.add(command);
      results.add(client.send(command, ReplyLevel.COMMITTED));
    }
    for (var i = 0; i < count; i++) {
      var reply = accepted(results.get(i));
      assertThat(reply.commandId()).isEqualTo(sent.get(i).commandId());
      assertThat(new String(reply.body().result(), StandardCharsets.UTF_8))
          .isEqualTo(sent.get(i).commandId());
    }
  }

  private static Command command(String type) {
    return Command.of(
        new AggregateKey("Account", "1"),
        new EncodedMessage(type, 1, "{}".getBytes(StandardCharsets.UTF_8)),
        "application/json");
  }

  private static CommandReply accepted(CompletableFuture<CommandReply> future) {
    assertThat(future).succeedsWithin(Duration.ofSeconds(60));
    var reply = future.join();
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
    return reply;
  }

  private static CommandFailedException assertFails(
      CompletableFuture<CommandReply> future, Reason reason) {
    try {
      throw new AssertionError("replied: " + future.get(30, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(CommandFailedException.class);
      var failure = (CommandFailedException) e.getCause();
      assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
      return failure;
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
