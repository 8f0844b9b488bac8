package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.Command;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.wire.CommandWire;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever is sent, it is answered with a clear error, kept as a dead letter, and harms nothing.
 */
class BadInputITCase {

  private static final Map<String, String> GOOD =
      Map.of(
          "ce_specversion", "1.0",
          "ce_id", "good",
          "ce_source", "/test",
          "ce_type", "command",
          "ce_subject", "a",
          "ce_aggregatetype", "Purse");

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  @BeforeEach
  void start() {
    region.start();
    region.handle("Purse/a", "deposit 1");
  }

  @AfterEach
  void theAggregateIsUnharmedAndTheJobGoesOn() {
    assertThat(region.handle("Purse/a", "deposit 1").body().version()).isEqualTo(2);
    region.verify();
  }

  @Test
  void aMissingHeaderIsNamed() {
    for (var name : GOOD.keySet()) {
      var headers = new HashMap<>(GOOD);
      headers.remove(name);
      sendRaw(null, "deposit 1", headers);
    }

    var errors = errors(GOOD.size());
    for (var name : GOOD.keySet()) {
      assertThat(errors)
          .anySatisfy(
              reply -> {
                assertThat(reply.body().code()).isEqualTo(CommandWire.MISSING_HEADER);
                assertThat(reply.body().message()).contains(name);
              });
    }
    assertThat(region.deadLetters()).hasSize(GOOD.size());
  }

  @Test
  void hostileIdsAreRefusedOrHandledExactly() {
    sendRaw(null, "deposit 1", with("ce_subject", "x".repeat(10_000)));
    sendRaw(null, "deposit 1", with("ce_id", "x".repeat(10_000)));
    sendRaw(null, "deposit 1", with("ce_aggregatetype", "Purse'; DROP TABLE event_log; --"));
    assertThat(errors(3)).allMatch(r -> r.body().code().equals(CommandWire.MALFORMED_HEADER));

    for (var id : List.of("it's \"quoted\" \\ %_", "tab\tline\nnul\0", "🦊 ünïcödé", "a ", "A")) {
      var command =
          Command.of(
              new AggregateKey("Purse", id),
              purseCommand("Purse/x", "deposit 1").payload(),
              "text/plain");
      assertThat(region.handle(command).body().version()).as(id).isEqualTo(1);
      assertThat(region.handle(command).repeated()).as(id).isTrue();
    }
  }

  @Test
  void payloadsThatAreNoCommandsAreRefused() {
    sendRaw(null, "not a verb", GOOD);
    sendRaw(null, "deposit many", with("ce_id", "other"));
    // A command of its own: a copy of an answered one would get the same answer.
    var nonsense = new HashMap<>(with("ce_type", "Nonsense"));
    nonsense.put("ce_id", "nonsense");
    sendRaw(null, "deposit 1", nonsense);
    sendRaw(null, "deposit 1", with("ce_expectedversion", "soon"));
    sendRaw("Purse/other", "deposit 1", GOOD);
    sendRaw(null, null, GOOD);

    assertThat(errors(6))
        .extracting(reply -> reply.body().code())
        .containsExactlyInAnyOrder(
            ErrorCodes.POISON,
            ErrorCodes.POISON,
            ErrorCodes.UNDECODABLE,
            CommandWire.MALFORMED_HEADER,
            CommandWire.KEY_MISMATCH,
            CommandWire.NO_PAYLOAD);
    assertThat(region.deadLetters()).hasSize(6);
  }

  @Test
  void anOutcomeThatCouldNotBePublishedIsNotStored() {
    var reply = region.handle("Purse/a", "big 1000000");

    assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
    assertThat(reply.body().code()).isEqualTo(ErrorCodes.TOO_LARGE);
    assertThat(region.stored()).hasSize(1);
  }

  @Test
  void aDeadLetterShowsTheRecordAsItCame() {
    sendRaw("key", "payload", Map.of("x", "y"));

    Await.until("the dead letter", () -> region.deadLetters().size() == 1);
    var letter = region.deadLetters().get(0);
    assertThat(letter.key()).asString(UTF_8).isEqualTo("key");
    assertThat(letter.value()).asString(UTF_8).isEqualTo("payload");
    assertThat(letter.headers())
        .anyMatch(h -> h.name().equals("x") && new String(h.value(), UTF_8).equals("y"))
        .anyMatch(h -> h.name().equals("ab_deadletter_code"));
  }

  private List<CommandReply> errors(int count) {
    return Await.value(
        count + " error replies",
        () -> {
          var errors =
              region.replies().stream().filter(r -> r.status() == ReplyStatus.ERROR).toList();
          return errors.size() == count ? Optional.of(errors) : Optional.empty();
        });
  }

  private static Map<String, String> with(String header, String value) {
    var headers = new HashMap<>(GOOD);
    headers.put(header, value);
    return headers;
  }

  private void sendRaw(String key, String value, Map<String, String> headers) {
    var properties = new Properties();
    properties.setProperty("bootstrap.servers", region.kafka().bootstrapServers());
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      var record =
          new ProducerRecord<>(
              "commands." + region.name(),
              key == null ? null : key.getBytes(UTF_8),
              value == null ? null : value.getBytes(UTF_8));
      headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
      var unused = producer.send(record);
      producer.flush();
    }
  }
}
