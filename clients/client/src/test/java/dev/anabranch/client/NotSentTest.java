package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.client.CommandFailedException.Reason;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A producer does with each attempt what the test says; no reply ever comes. */
class NotSentTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** What becomes of one attempt. */
  private interface Attempt {
    Future<RecordMetadata> take(ProducerRecord<byte[], byte[]> sent, Callback callback);
  }

  private final Deque<Attempt> attempts = new ArrayDeque<>();
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
        @Override
        public synchronized Future<RecordMetadata> send(
            ProducerRecord<byte[], byte[]> sent, Callback callback) {
          return attempts.removeFirst().take(sent, callback);
        }
      };
  private final CommandClient client = client(TIMEOUT);

  private CommandClient client(Duration timeout) {
    return new CommandClient(
        new ClientOptions(
            "kafka:9092",
            "commands",
            "replies",
            "test",
            Duration.ofMillis(20),
            timeout,
            100,
            10,
            TIMEOUT,
            Map.of()),
        Completions.onThread("test-completions"),
        new ReplyPoller(
            new MockConsumer<>("earliest"), new TopicPartition("replies", 0), "test-replies"),
        kafka);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void whatTheFirstAttemptBroughtToKafkaMayHaveAnOutcome() {
    attempts.add(this::acknowledge);
    attempts.add(
        (sent, callback) -> {
          throw new SaslAuthenticationException("the password was changed");
        });

    var failure = failure();

    assertThat(failure.isOutcomeUnknown()).isTrue();
    assertThat(failure.reason()).isEqualTo(Reason.NOT_ACKNOWLEDGED);
    assertThat(failure).hasMessageContaining("the password was changed");
  }

  @Test
  void whatALostAttemptMayHaveBroughtToKafkaMayHaveAnOutcome() {
    attempts.add((sent, callback) -> fail(callback, new NetworkException("gone")));
    attempts.add(
        (sent, callback) -> {
          throw new SaslAuthenticationException("the password was changed");
        });

    assertThat(failure().isOutcomeUnknown()).isTrue();
  }

  @Test
  void whatTheServerStumbledOverMayBeInKafka() {
    attempts.add((sent, callback) -> fail(callback, new UnknownServerException("a bug")));

    assertThat(failure().isOutcomeUnknown()).isTrue();
  }

  @Test
  void whatNeverLeftTheClientIsNotSent() {
    attempts.add(
        (sent, callback) -> {
          // As the producer does it: in the thread of the caller.
          callback.onCompletion(null, new RecordTooLargeException("5 MB"));
          return CompletableFuture.failedFuture(new RecordTooLargeException("5 MB"));
        });

    var failure = failure();

    assertThat(failure.reason()).isEqualTo(Reason.NOT_SENT);
    assertThat(failure.isOutcomeUnknown()).isFalse();
  }

  @Test
  void whatTheProducerRefusedEachTimeIsNotSent() {
    for (var i = 0; i < 100; i++) {
      attempts.add(
          (sent, callback) -> {
            throw new TimeoutException("no broker is known");
          });
    }
    try (var impatient = client(Duration.ofMillis(500))) {
      var failure = failure(impatient);

      assertThat(failure.reason()).isEqualTo(Reason.NOT_SENT);
      assertThat(failure.isOutcomeUnknown()).isFalse();
      assertThat(failure).hasMessageContaining("no broker is known");
    }
  }

  @Test
  void whatKafkaHasNotAcknowledgedIsNotSentASecondTimeAndMayHaveAnOutcome() {
    attempts.add((sent, callback) -> new CompletableFuture<>());
    try (var impatient = client(Duration.ofMillis(500))) {
      var failure = failure(impatient);

      assertThat(failure.reason()).isEqualTo(Reason.TIMED_OUT);
      assertThat(failure.isOutcomeUnknown()).isTrue();
      assertThat(failure).hasMessageContaining("1 attempts Kafka did not acknowledge it");
      assertThat(impatient.metrics().retried()).isZero();
    }
  }

  @Test
  void whatIsUnderWayWhenTheClientIsClosedMayHaveAnOutcome() {
    attempts.add((sent, callback) -> new CompletableFuture<>());
    var reply = client.send(command(), ReplyLevel.COMMITTED);
    client.close();

    var failure = failureOf(reply);
    assertThat(failure.reason()).isEqualTo(Reason.CLOSED);
    assertThat(failure.isOutcomeUnknown()).isTrue();
  }

  private CommandFailedException failure() {
    return failure(client);
  }

  private static CommandFailedException failure(CommandClient client) {
    return failureOf(client.send(command(), ReplyLevel.COMMITTED));
  }

  private static Command command() {
    return Command.of(
        new AggregateKey("Account", "1"),
        new EncodedMessage("Deposit", 1, new byte[] {'{', '}'}),
        "application/json");
  }

  private static CommandFailedException failureOf(CompletableFuture<CommandReply> reply) {
    var inTime = reply.orTimeout(30, TimeUnit.SECONDS);
    var thrown = catchThrowableOfType(CompletionException.class, inTime::join);
    assertThat(thrown).hasCauseInstanceOf(CommandFailedException.class);
    return (CommandFailedException) thrown.getCause();
  }

  private Future<RecordMetadata> acknowledge(
      ProducerRecord<byte[], byte[]> sent, Callback callback) {
    var metadata = new RecordMetadata(new TopicPartition("commands", 0), 0, 0, 0, 0, 0);
    runOnAnother(() -> callback.onCompletion(metadata, null));
    return CompletableFuture.completedFuture(metadata);
  }

  private static Future<RecordMetadata> fail(Callback callback, RuntimeException failure) {
    runOnAnother(() -> callback.onCompletion(null, failure));
    return CompletableFuture.failedFuture(failure);
  }

  /** The producer's answers come on a thread of its own. */
  private static void runOnAnother(Runnable answer) {
    CompletableFuture.runAsync(answer).join();
  }
}
