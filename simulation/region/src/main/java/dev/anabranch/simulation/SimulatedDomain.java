package dev.anabranch.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.CodecException;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.checker.Fold;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.simulation.job.World;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A domain whose every outcome says what its decider saw: the fold of the aggregate's events. A
 * command's text is a verb, each of which takes another way through the operator.
 */
@SuppressWarnings("serial") // never serialized
final class SimulatedDomain implements Domain, DomainLoader {

  private static final long serialVersionUID = 1L;

  static final String SAW = World.SAW;
  static final List<String> TYPES = List.of("Steady", "Fleeting");

  /** The last ones are drawn less often. */
  static final List<String> VERBS =
      List.of("add", "twice", "coin", "reject", "unless-odd", "nothing", "throw", "big");

  private final SplittableRandom random;

  /**
   * A domain.
   *
   * @param random of what handlers do that are not deterministic
   */
  SimulatedDomain(SplittableRandom random) {
    this.random = random;
  }

  /** Whether a command of this verb has a row, whatever is decided. */
  static boolean isStored(String aggregate, String verb) {
    return aggregate.startsWith(TYPES.get(0)) && !verb.equals("throw") && !verb.equals("big");
  }

  @Override
  public AggregateTypes load(ClassLoader userCode) {
    return AggregateTypes.of(this);
  }

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(
        type(TYPES.get(0), AggregateType.Rejections.DURABLE),
        type(TYPES.get(1), AggregateType.Rejections.TRANSIENT));
  }

  private AggregateType<?, ?, ?> type(String name, AggregateType.Rejections rejections) {
    return AggregateType.named(name, new Decides())
        .commands(new Text("command"))
        .events(new Text("event"))
        .state(new Text("state"))
        .rejections(rejections)
        .build();
  }

  private final class Decides implements Decider<String, String, String> {

    @Override
    public String initialState() {
      return Fold.NOTHING;
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      var saw = SAW + state;
      var event = saw + ";" + context.commandId();
      return switch (command) {
        case "add" -> Decision.accepted(event);
        case "twice" -> Decision.accepted(event + "/1", event + "/2");
        case "coin" ->
            random.nextBoolean()
                ? Decision.accepted(event + "/" + random.nextInt())
                : Decision.rejected("tails", saw);
        case "reject" -> Decision.rejected("no", saw);
        case "unless-odd" ->
            context.version() % 2 == 1 ? Decision.rejected("odd", saw) : Decision.accepted(event);
        case "nothing" -> Decision.unchangedWithResult(saw);
        case "big" -> Decision.accepted(event + "x".repeat(20_000));
        default -> throw new IllegalStateException("told to throw");
      };
    }

    @Override
    public String evolve(String state, String event) {
      return Fold.next(state, event);
    }
  }

  private record Text(String name) implements MessageCodec<String> {

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
      if (!encoded.type().equals(name)) {
        throw new CodecException("unknown " + name + " type " + encoded.type());
      }
      return new String(encoded.data(), UTF_8);
    }
  }
}
