package dev.anabranch.operators.replication;

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
import dev.anabranch.replicated.OrCart;
import dev.anabranch.replicated.OrSet;
import dev.anabranch.testkit.sample.TextCodec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Texts to which events append, so that a state shows how it came about: {@code Home} with a single
 * home, {@code Auto} with a resolver, {@code Hand} resolved by hand, {@code Bad} with a resolver
 * that throws, {@code Moody} with one that never answers the same twice, {@code Marks} of
 * replicated data types. The event "!" can't be folded. Blanks at the end make an event large, and
 * leave no trace in the state.
 */
public final class NoteDomain implements Domain {

  private static final AtomicInteger MOODS = new AtomicInteger();

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(
        type("Home", ReplicationPolicy.singleHome()),
        type("Auto", ReplicationPolicy.automatic(new Joining("join"))),
        type("Hand", ReplicationPolicy.interactive()),
        type("Bad", ReplicationPolicy.automatic(new Joining("throw"))),
        type("Moody", ReplicationPolicy.automatic(new Joining("moody"))),
        marks());
  }

  public static AggregateType<Marks, String, String> marks() {
    return marks("Marks", ReplicationPolicy.replicatedTypes());
  }

  public static AggregateType<Marks, String, String> marks(
      String name, ReplicationPolicy<Marks> policy) {
    return AggregateType.named(name, new Marking())
        .commands(new TextCodec("text"))
        .events(new TextCodec("text"))
        .state(JsonCodec.single("Marks", 1, Marks.class))
        .replication(policy)
        .build();
  }

  /** Letters; every third one takes the letter before it away. */
  public record Marks(OrSet<String> letters, OrCart<String> counts) {}

  private static final class Marking implements ReplicatedDecider<Marks, String, String> {
    @Override
    public Marks initialState() {
      return new Marks(OrSet.empty(), OrCart.empty());
    }

    @Override
    public Decision<String> decide(Marks state, String command, DecisionContext context) {
      return Decision.accepted(command);
    }

    @Override
    public Marks evolve(Marks state, String event, EventContext at) {
      var letter = event.charAt(0);
      var before = Character.toString(letter - 1);
      return letter % 3 == 0
          ? new Marks(state.letters.remove(before, at), state.counts.remove(before, at))
          : new Marks(state.letters.add(letter(event), at), state.counts.add(letter(event), 1, at));
    }
  }

  private static String letter(String event) {
    return event.stripTrailing();
  }

  public static AggregateType<?, ?, ?> type(String name, ReplicationPolicy<String> policy) {
    return AggregateType.named(name, new Notes())
        .commands(new TextCodec("text"))
        .events(new TextCodec("text"))
        .state(new TextCodec("text"))
        .replication(policy)
        .build();
  }

  /** Shows what it was given, in its order. */
  private record Joining(String id) implements ConflictResolver<String> {
    @Override
    public String resolve(List<LiveVersion<String>> live, String base) {
      if (id.equals("throw")) {
        throw new IllegalStateException("no way");
      }
      var mood = id.equals("moody") ? ":" + MOODS.incrementAndGet() : "";
      return live.stream()
          .map(LiveVersion::state)
          .collect(Collectors.joining("|", "(" + base + mood + ":", ")"));
    }
  }

  private static final class Notes implements Decider<String, String, String> {
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
      if (event.equals("!")) {
        throw new IllegalStateException("can't fold !");
      }
      return state + event.stripTrailing();
    }
  }
}
