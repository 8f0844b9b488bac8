package dev.anabranch.jobs.region;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.testkit.sample.TextCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A domain for tests: purses with a balance. Commands are texts, {@code verb argument}, each verb
 * another way through the job:
 *
 * <ul>
 *   <li>{@code deposit N}, {@code withdraw N} (rejected if the balance is too low), {@code twice N}
 *       (two events), {@code nothing} (unchanged), {@code read} (unchanged, the state as result),
 *       {@code deposit-and-read N} (accepted with the new balance as result)
 *   <li>{@code gift} deposits a random amount and {@code coin} is accepted or rejected by chance:
 *       to decide either again gives another outcome
 *   <li>{@code slow N} deposits, and takes its time for it while {@link #slowly} runs
 *   <li>{@code big N} stores an event of N characters; {@code throw} throws
 * </ul>
 */
public final class PurseDomain implements Domain {

  /** Tasks run in this JVM, and what travels with the job graph is copied: hence a static field. */
  private static final AtomicLong SLOW_NANOS = new AtomicLong();

  public static final AggregateType<?, String, ?> PURSE =
      AggregateType.named("Purse", new PurseDecider())
          .commands(new TextCodec("command"))
          .events(new TextCodec("event"))
          .state(new StateCodec())
          .build();

  /** The same, under another type name. */
  public static final AggregateType<?, String, ?> POUCH =
      AggregateType.named("Pouch", new PurseDecider())
          .commands(new TextCodec("command"))
          .events(new TextCodec("event"))
          .state(new StateCodec())
          .build();

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(PURSE, POUCH);
  }

  /** Runs the step while each {@code slow} command takes so long. */
  public static void slowly(Duration each, Runnable step) {
    SLOW_NANOS.set(each.toNanos());
    try {
      step.run();
    } finally {
      SLOW_NANOS.set(0);
    }
  }

  /** Whether to decide the command again may give another outcome. */
  static boolean isByChance(String command) {
    return command.equals("gift") || command.equals("coin") || command.equals("throw");
  }

  /** One of the commands, by chance; most are accepted. */
  public static String randomCommand(Random random) {
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> "deposit " + (1 + random.nextInt(100));
      case 4, 5 -> "withdraw " + (1 + random.nextInt(100));
      case 6 -> "twice " + random.nextInt(10);
      case 7 -> "nothing";
      case 8 -> "read";
      case 9 -> "coin";
      case 10 -> "deposit-and-read 1";
      default -> "gift";
    };
  }

  /**
   * State of a purse.
   *
   * @param trail depends on all events and their order
   */
  record Purse(long balance, long events, long trail) {
    static final Purse EMPTY = new Purse(0, 0, 7);

    Purse with(long amount) {
      return new Purse(balance + amount, events + 1, trail * 31 + amount);
    }

    @Override
    public String toString() {
      return balance + " " + events + " " + trail;
    }
  }

  private static final class PurseDecider implements Decider<Purse, String, String> {

    @Override
    public Purse initialState() {
      return Purse.EMPTY;
    }

    @Override
    public Decision<String> decide(Purse state, String command, DecisionContext context) {
      var words = command.split(" ", 2);
      var amount = words.length < 2 ? 0 : Long.parseLong(words[1]);
      return switch (words[0]) {
        case "slow" -> {
          LockSupport.parkNanos(SLOW_NANOS.get());
          yield Decision.accepted("" + amount);
        }
        case "deposit" -> Decision.accepted("" + amount);
        case "deposit-and-read" ->
            Decision.acceptedWithResult("" + (state.balance + amount), List.of("" + amount));
        case "withdraw" ->
            state.balance < amount
                ? Decision.rejected(
                    "too-little", "the purse is too light", Map.of("balance", "" + state.balance))
                : Decision.accepted("" + -amount);
        case "twice" -> Decision.accepted("" + amount, "" + amount);
        case "nothing" -> Decision.unchanged();
        case "read" -> Decision.unchangedWithResult(state);
        case "gift" -> Decision.accepted("" + ThreadLocalRandom.current().nextInt(1_000_000));
        case "coin" ->
            ThreadLocalRandom.current().nextBoolean()
                ? Decision.rejected("tails", UUID.randomUUID().toString())
                : Decision.accepted("" + ThreadLocalRandom.current().nextInt(1_000_000));
        case "big" -> Decision.accepted("0".repeat((int) amount) + "1");
        case "throw" -> throw new IllegalStateException("told to throw");
        default -> throw new IllegalArgumentException("unknown verb " + words[0]);
      };
    }

    @Override
    public Purse evolve(Purse state, String event) {
      return state.with(Long.parseLong(event));
    }
  }

  private static final class StateCodec implements MessageCodec<Purse> {

    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(Purse purse) {
      return new EncodedMessage("purse", 1, purse.toString().getBytes(UTF_8));
    }

    @Override
    public Purse decode(EncodedMessage encoded) {
      var words = new String(encoded.data(), UTF_8).split(" ", 3);
      return new Purse(
          Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }
  }
}
