package dev.anabranch.jobs.region;

import dev.anabranch.client.Command;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.wire.CommandWire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each command once, as an application without our client may do, and asks for no answer: a
 * region that loses a command can't be saved by the sender.
 */
public final class OnceSender implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(OnceSender.class);

  private final RegionUnderTest region;
  private final Duration patience;
  private final KafkaProducer<byte[], byte[]> producer;
  private final int aggregates;
  private final Random random;
  private final Map<String, Future<RecordMetadata>> sent = new LinkedHashMap<>();

  OnceSender(RegionUnderTest region, Duration patience, int aggregates, long seed) {
    this.region = region;
    this.patience = patience;
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            region.kafka().bootstrapServers(),
            "acks",
            "all",
            // Else a leader that is new takes the second request and refuses the first (ADR 21).
            "max.in.flight.requests.per.connection",
            1,
            "delivery.timeout.ms",
            90_000);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.aggregates = aggregates;
    this.random = new Random(seed);
  }

  /** Gives so many commands to Kafka's producer, and does not wait. */
  public OnceSender send(int commands) {
    for (var i = 0; i < commands; i++) {
      send(
          RegionUnderTest.purseCommand(
              "Purse/" + random.nextInt(aggregates), PurseDomain.randomCommand(random)));
    }
    return this;
  }

  /** Gives a command to Kafka's producer, and does not wait. */
  public void send(Command command) {
    send(command, null);
  }

  /** The same of a command that names a topic for its reply; null: none. */
  public void send(Command command, @Nullable String replyTopic) {
    var message = CommandWire.encode(envelope(command), command.contentType(), "/once");
    var headers = new RecordHeaders();
    message.headers().forEach(header -> headers.add(header.name(), header.value()));
    if (replyTopic != null) {
      headers.add("kafka_replyTopic", replyTopic.getBytes(StandardCharsets.UTF_8));
    }
    var record =
        new ProducerRecord<>(
            "commands." + region.name(), null, null, message.key(), message.value(), headers);
    sent.put(command.commandId(), producer.send(record));
  }

  /** Sends more until so many have no row yet, however fast or slow the machine is. */
  public void keepUnderWay(int commands, Supplier<Command> next) {
    while (sent.size() - region.stored().size() < commands) {
      for (var i = 0; i < commands; i++) {
        send(next.get());
      }
      producer.flush();
    }
  }

  /** How many were given to Kafka's producer. */
  public int sent() {
    return sent.size();
  }

  /** Waits for Kafka: the ids of those that it has. Of the others nobody knows. */
  public List<String> acknowledged() {
    producer.flush();
    var ids = new ArrayList<String>();
    sent.forEach(
        (id, future) -> {
          try {
            future.get();
            ids.add(id);
          } catch (ExecutionException refused) {
            // Kafka has it or not; nothing was promised.
            LOG.info("Not acknowledged: {}", String.valueOf(refused.getCause()));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for Kafka", e);
          }
        });
    return ids;
  }

  /**
   * Waits until every command that Kafka has acknowledged has its row.
   *
   * @throws AssertionError naming those that have none
   */
  public void awaitOutcomes() {
    var missing = acknowledged();
    var all =
        Await.valueWithin(
            patience,
            () -> {
              var stored = new HashSet<String>();
              region.stored().forEach(row -> stored.add(row.outcome().commandId()));
              missing.removeIf(stored::contains);
              return missing.isEmpty() ? Optional.of(true) : Optional.empty();
            });
    if (all.isEmpty()) {
      throw new AssertionError(missing.size() + " commands in Kafka have no outcome: " + missing);
    }
  }

  private static CommandEnvelope envelope(Command command) {
    return new CommandEnvelope(
        command.aggregate(),
        command.commandId(),
        command.payload(),
        command.expectedVersion(),
        command.expectedRevision(),
        command.buildsOn(),
        command.metadata(),
        ReplyTarget.DEFAULT);
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
