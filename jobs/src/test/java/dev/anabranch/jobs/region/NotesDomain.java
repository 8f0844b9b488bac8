package dev.anabranch.jobs.region;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.testkit.sample.TextCodec;
import java.util.List;

/**
 * Texts to which every command appends itself: {@code Auto}, where the last writer wins, and {@code
 * Hand}, where a person resolves.
 */
public final class NotesDomain implements Domain {

  public static final AggregateType<?, String, ?> AUTO =
      type("Auto", ReplicationPolicy.automatic(Resolvers.lastWriterWins()));

  public static final AggregateType<?, String, ?> HAND =
      type("Hand", ReplicationPolicy.interactive());

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(AUTO, HAND);
  }

  private static AggregateType<?, String, ?> type(String name, ReplicationPolicy<String> policy) {
    return AggregateType.named(name, new Appending())
        .commands(new TextCodec("text"))
        .events(new TextCodec("text"))
        .state(new TextCodec("text"))
        .replication(policy)
        .build();
  }

  private static final class Appending implements Decider<String, String, String> {
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
      return state + event;
    }
  }
}
