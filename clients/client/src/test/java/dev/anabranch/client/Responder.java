package dev.anabranch.client;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.Headers;
import dev.anabranch.wire.ReplyWire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Stands for a region: answers commands over real Kafka, in the way that the command's type asks
 * for. {@code answer}: once; {@code twice}; {@code second}: the second attempt only; {@code never};
 * {@code garbage}: with a record that is no reply; {@code hold}: when {@link #release} is called.
 */
final class Responder implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
  private final Queue<CommandEnvelope> held = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "responder");
  private volatile boolean closed;

  Responder(String bootstrapServers, String commandsTopic, int partitions) {
    var settings = new Properties();
    settings.setProperty("bootstrap.servers", bootstrapServers);
    settings.setProperty("linger.ms", "0");
    // Else a leader that is new takes the second request and refuses the first (ADR 21).
    settings.setProperty("max.in.flight.requests.per.connection", "1");
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    var all =
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(commandsTopic, partition))
            .toList();
    consumer.assign(all);
    consumer.seekToBeginning(all);
    thread.start();
  }

  /** How often a command came. */
  int attempts(String commandId) {
    return attempts.getOrDefault(commandId, 0);
  }

  int held() {
    return held.size();
  }

  /** Answers the commands that were held. */
  void release() {
    for (var command = held.poll(); command != null; command = held.poll()) {
      reply(command);
    }
    producer.flush();
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    consumer.wakeup();
    thread.join();
    producer.close(Duration.ZERO);
  }

  private void run() {
    try (consumer) {
      while (!closed) {
        consumer.poll(Duration.ofMillis(200)).forEach(this::handle);
      }
    } catch (WakeupException e) {
      // Closed.
    }
  }

  private void handle(ConsumerRecord<byte[], byte[]> kafka) {
    var decoded = CommandWire.decode(KafkaMessages.fromConsumer(kafka));
    if (!(decoded instanceof CommandWire.WellFormed wellFormed)) {
      throw new AssertionError("not a command: " + decoded);
    }
    var command = wellFormed.command();
    var attempt = attempts.merge(command.commandId(), 1, Integer::sum);
    switch (command.command().type()) {
      case "answer" -> reply(command);
      case "twice" -> {
        reply(command);
        reply(command);
      }
      case "second" -> {
        if (attempt == 2) {
          reply(command);
        }
      }
      case "garbage" -> garbage(command);
      case "hold" -> held.add(command);
      case "never" -> {}
      default -> throw new AssertionError(command.command().type());
    }
  }

  private void reply(CommandEnvelope command) {
    if (command.replyTarget().topic() == null) {
      return;
    }
    var result = command.commandId().getBytes(StandardCharsets.UTF_8);
    var reply =
        new CommandReply(
            command.commandId(),
            command.aggregate(),
            ReplyStatus.ACCEPTED,
            new ReplyBody("", "", Map.of(), 1, "text/plain", result),
            new CommandReply.Backing("a", new LogPosition(0, 0), "a:1"),
            false,
            command.replyTarget());
    var unused = producer.send(to(command, ReplyWire.encode(reply)));
  }

  private void garbage(CommandEnvelope command) {
    var correlation =
        new RecordHeader(Headers.CORRELATION_ID, command.replyTarget().correlationId());
    var unused =
        producer.send(to(command, new MessageRecord(null, new byte[0], List.of(correlation))));
  }

  private static ProducerRecord<byte[], byte[]> to(CommandEnvelope command, MessageRecord message) {
    var target = command.replyTarget();
    var kafka = KafkaMessages.toProducer(target.topic(), message);
    return new ProducerRecord<>(
        target.topic(), target.partition(), kafka.key(), kafka.value(), kafka.headers());
  }
}
