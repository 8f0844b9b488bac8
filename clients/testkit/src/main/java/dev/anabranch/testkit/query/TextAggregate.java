package dev.anabranch.testkit.query;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import java.nio.charset.StandardCharsets;

/** An aggregate type whose commands, events and states are texts. */
final class TextAggregate {

  private TextAggregate() {}

  static AggregateType<String, String, String> type() {
    return AggregateType.named("Account", new NoDecider())
        .commands(new TextCodec())
        .events(new TextCodec())
        .state(new TextCodec())
        .build();
  }

  private static final class NoDecider implements Decider<String, String, String> {
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

  private static final class TextCodec implements MessageCodec<String> {
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
