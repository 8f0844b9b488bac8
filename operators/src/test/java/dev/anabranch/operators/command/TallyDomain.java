package dev.anabranch.operators.command;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.causality.EventContext;
import dev.anabranch.testkit.sample.TextCodec;
import java.io.Serializable;
import java.util.List;
import java.util.UUID;

/**
 * A domain for tests: an append-only list of texts. Commands are written {@code verb argument};
 * each verb provokes another path of the operator.
 */
public final class TallyDomain implements Domain, Serializable {
  private static final long serialVersionUID = 1L;

  /** Folding this text throws, unless the release has the fold mended. */
  static final String UNFOLDABLE = "unfoldable";

  private final boolean foldMended;

  public TallyDomain() {
    this(true);
  }

  public TallyDomain(boolean foldMended) {
    this.foldMended = foldMended;
  }

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(
        type("Tally", AggregateType.Rejections.DURABLE),
        transientType(),
        placedType(),
        trimmedType());
  }

  private AggregateType<?, ?, ?> transientType() {
    return type("Fleeting", AggregateType.Rejections.TRANSIENT);
  }

  /** Its state shows where each event stood. */
  private static AggregateType<?, ?, ?> placedType() {
    return AggregateType.named("Placed", new PlacedDecider())
        .commands(new TextCodec("command"))
        .events(new TextCodec("event"))
        .state(new TextCodec("state"))
        .build();
  }

  /** What is stored of its events is less than what was decided. */
  private static AggregateType<?, ?, ?> trimmedType() {
    return AggregateType.named("Trimmed", new TallyDecider(true))
        .commands(new TextCodec("command"))
        .events(new TrimmingCodec())
        .state(new TextCodec("state"))
        .build();
  }

  private AggregateType<?, ?, ?> type(String name, AggregateType.Rejections rejections) {
    return AggregateType.named(name, new TallyDecider(foldMended))
        .commands(new TextCodec("command"))
        .events(new TextCodec("event"))
        .state(new TextCodec("state"))
        .rejections(rejections)
        .build();
  }

  private record TallyDecider(boolean foldMended) implements Decider<String, String, String> {

    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      var space = command.indexOf(' ');
      var verb = space < 0 ? command : command.substring(0, space);
      var argument = space < 0 ? "" : command.substring(space + 1);
      return switch (verb) {
        case "add" -> Decision.accepted(argument);
        case "twice" -> Decision.accepted(argument, argument);
        case "random" -> Decision.accepted(UUID.randomUUID().toString());
        case "result" -> Decision.acceptedWithResult("was:" + state, List.of(argument));
        case "nothing" -> Decision.unchanged();
        case "reject-if-empty" ->
            state.isEmpty() ? Decision.rejected("empty", "is empty") : Decision.accepted(argument);
        case "reject" ->
            Decision.rejected("no", "told to reject", java.util.Map.of("why", argument));
        case "reject-silently" -> Decision.rejected("no", null);
        case "coin" ->
            Math.random() < 0.5
                ? Decision.rejected("tails", UUID.randomUUID().toString())
                : Decision.accepted(UUID.randomUUID().toString());
        case "big" -> Decision.accepted("x".repeat(Integer.parseInt(argument)));
        case "throw-if-empty" -> {
          if (state.isEmpty()) {
            throw new IllegalStateException("told to throw");
          }
          yield Decision.accepted(argument);
        }
        case "throw" -> throw new IllegalStateException("told to throw");
        default -> throw new IllegalArgumentException("unknown verb " + verb);
      };
    }

    @Override
    public String evolve(String state, String event) {
      if (event.equals(UNFOLDABLE) && !foldMended) {
        throw new IllegalStateException("can't fold");
      }
      return state + "," + event;
    }
  }

  private static final class PlacedDecider implements ReplicatedDecider<String, String, String> {

    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return new TallyDecider(true).decide(state, command, context);
    }

    @Override
    public String evolve(String state, String event, EventContext at) {
      return state + ", " + event + " = " + at;
    }
  }

  private record TrimmingCodec() implements MessageCodec<String> {
    private static final TextCodec EVENT = new TextCodec("event");

    @Override
    public String contentType() {
      return EVENT.contentType();
    }

    @Override
    public EncodedMessage encode(String message) {
      return EVENT.encode(message.strip());
    }

    @Override
    public String decode(EncodedMessage encoded) {
      return EVENT.decode(encoded);
    }
  }
}
