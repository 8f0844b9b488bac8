package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.EventContext;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.replicated.PnCounter;
import dev.anabranch.testkit.sample.TextCodec;
import java.io.Serializable;
import java.util.List;

/** Counters, which any policy may replicate: {@code add N}, and {@code read} their value. */
record CountDomain(Replicated how) implements Domain, Serializable {

  /** How they are replicated; travels with the job graph, which a policy does not. */
  interface Replicated extends Serializable {
    ReplicationPolicy<Total> policy();
  }

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(
        AggregateType.named("Count", new Counts())
            .commands(new TextCodec("command"))
            .events(new TextCodec("event"))
            .state(JsonCodec.single("Total", 1, Total.class))
            .replication(how.policy())
            .build());
  }

  /** State of a counter. */
  public record Total(PnCounter value) {}

  private static final class Counts implements ReplicatedDecider<Total, String, String> {
    @Override
    public Total initialState() {
      return new Total(PnCounter.ZERO);
    }

    @Override
    public Decision<String> decide(Total state, String command, DecisionContext context) {
      return command.equals("read")
          ? Decision.unchangedWithResult(Long.toString(state.value().value()))
          : Decision.accepted(command.substring("add ".length()));
    }

    @Override
    public Total evolve(Total state, String event, EventContext at) {
      return new Total(state.value().add(Long.parseLong(event), at));
    }
  }
}
