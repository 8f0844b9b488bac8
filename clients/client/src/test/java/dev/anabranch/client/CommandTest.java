package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.ReplyTarget;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandTest {

  private static final AggregateType<String, String, String> NOTE =
      AggregateType.named("Note", new Overwrite())
          .commands(new Text())
          .events(new Text())
          .state(new Text())
          .build();

  @Test
  void aCommandObjectIsEncodedByTheCodecOfItsType() {
    var command = Command.of(NOTE, "n1", "hello");

    assertThat(command.aggregate()).isEqualTo(new AggregateKey("Note", "n1"));
    assertThat(command.payload().type()).isEqualTo("text");
    assertThat(command.payload().data()).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(command.contentType()).isEqualTo("text/plain");
    assertThat(command.expectedVersion()).isEqualTo(CommandEnvelope.ANY_VERSION);
    assertThat(command.commandId()).isNotEqualTo(Command.of(NOTE, "n1", "hello").commandId());
  }

  @Test
  void itsEnvelopeHasEverythingThatWasSet() {
    var envelope =
        Command.of(NOTE, "n1", "hello")
            .withCommandId("c1")
            .withExpectedVersion(3)
            .withMetadata(Map.of("meta-user", "u"))
            .withReplyTo(ReplyTarget.DEFAULT);

    assertThat(envelope.commandId()).isEqualTo("c1");
    assertThat(envelope.expectedVersion()).isEqualTo(3);
    assertThat(envelope.metadata()).containsOnly(Map.entry("meta-user", "u"));
  }

  private static final class Overwrite implements Decider<String, String, String> {
    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return Decision.accepted(command);
    }

    @Override
    public String evolve(String state, String event) {
      return event;
    }
  }

  private static final class Text implements MessageCodec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      return new EncodedMessage("text", 1, message.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      return new String(encoded.data(), StandardCharsets.UTF_8);
    }
  }
}
