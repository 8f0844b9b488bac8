package dev.anabranch.testkit.sample;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.EventContext;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.replicated.OrSet;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Types that several regions change at once, one per policy. Commands are {@code add TEXT} and
 * {@code read}, whose result is the state; sets know {@code remove TEXT} too.
 */
public final class SharedDomain implements Domain, Serializable {
  private static final long serialVersionUID = 1L;

  /** Joins what concurrent versions have added since their base. */
  private static final class Join implements ConflictResolver<String> {

    @Override
    public String id() {
      return "join-1";
    }

    @Override
    public String resolve(List<LiveVersion<String>> live, String base) {
      return live.stream()
          .map(LiveVersion::state)
          .collect(Collectors.joining("|", "(" + base + ":", ")"));
    }
  }

  /** Shows what becomes of a resolver that throws. */
  private static final class Failing implements ConflictResolver<String> {

    @Override
    public String id() {
      return "failing-1";
    }

    @Override
    public String resolve(List<LiveVersion<String>> live, String base) {
      throw new IllegalStateException("told to fail");
    }
  }

  private static final List<AggregateType<?, String, ?>> TYPES =
      List.of(
          text("Auto", ReplicationPolicy.automatic(new Join())),
          text("Hand", ReplicationPolicy.interactive()),
          text("Odd", ReplicationPolicy.automatic(new Failing())),
          text("Home", ReplicationPolicy.singleHome()),
          AggregateType.named("Set", new SetDecider())
              .commands(new TextCodec("command"))
              .events(new TextCodec("event"))
              .state(JsonCodec.single("Tags", 1, Tags.class))
              .replication(ReplicationPolicy.replicatedTypes())
              .build());

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.copyOf(TYPES);
  }

  /** Returns one of its types: Auto, Hand, Odd, Home or Set. */
  public static AggregateType<?, String, ?> type(String name) {
    return TYPES.stream().filter(type -> type.name().equals(name)).findFirst().orElseThrow();
  }

  /** Returns a type whose state is a text, to which {@code add TEXT} appends. */
  public static AggregateType<?, String, ?> text(String name, ReplicationPolicy<String> policy) {
    return AggregateType.named(name, new TextDecider())
        .commands(new TextCodec("command"))
        .events(new TextCodec("event"))
        .state(new TextCodec("state"))
        .replication(policy)
        .build();
  }

  private static final class TextDecider implements Decider<String, String, String> {

    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return command.equals("read")
          ? Decision.unchangedWithResult(state)
          : Decision.accepted(command.substring("add ".length()));
    }

    @Override
    public String evolve(String state, String event) {
      return state + "," + event;
    }
  }

  /** State of a set. */
  public record Tags(OrSet<String> tags) {}

  private static final class SetDecider implements ReplicatedDecider<Tags, String, String> {

    @Override
    public Tags initialState() {
      return new Tags(OrSet.empty());
    }

    @Override
    public Decision<String> decide(Tags state, String command, DecisionContext context) {
      return command.equals("read")
          ? Decision.unchangedWithResult(state.tags.elements())
          : Decision.accepted(command);
    }

    @Override
    public Tags evolve(Tags state, String event, EventContext at) {
      var text = event.substring(event.indexOf(' ') + 1);
      return new Tags(
          event.startsWith("add ") ? state.tags.add(text, at) : state.tags.remove(text, at));
    }
  }
}
