package dev.anabranch.testkit.query;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.testkit.sample.TextCodec;

/** An aggregate type whose commands, events and states are texts. */
final class TextAggregate {

  private TextAggregate() {}

  static AggregateType<String, String, String> type() {
    return AggregateType.named("Account", new NoDecider())
        .commands(new TextCodec("text"))
        .events(new TextCodec("text"))
        .state(new TextCodec("text"))
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
}
