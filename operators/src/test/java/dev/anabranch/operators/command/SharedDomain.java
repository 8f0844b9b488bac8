package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.MessageCodec;
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
final class SharedDomain implements Domain, Serializable {
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

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(
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
  }

  private static AggregateType<?, ?, ?> text(String name, ReplicationPolicy<String> policy) {
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

  private record TextCodec(String name) implements MessageCodec<String> {

    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      return new EncodedMessage(name, 1, message.getBytes(UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      return new String(encoded.data(), UTF_8);
    }
  }
}
