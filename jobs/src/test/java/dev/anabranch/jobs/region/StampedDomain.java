package dev.anabranch.jobs.region;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.Domain;
import dev.anabranch.codec.JsonCodec;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A domain for tests of values that are easily changed on their way through text, bytes and
 * databases: times with nanoseconds, decimals with a scale.
 */
public final class StampedDomain implements Domain {

  public static final AggregateType<?, Note, ?> STAMPED =
      AggregateType.named("Stamped", new StampedDecider())
          .commands(JsonCodec.<Note>builder().type("Note", 1, Note.class).build())
          .events(JsonCodec.<Noted>builder().type("Noted", 1, Noted.class).build())
          .state(JsonCodec.single("Notes", 1, Notes.class))
          .build();

  /** Command: note a time and an amount. */
  public record Note(Instant at, BigDecimal amount) {}

  record Noted(Instant at, BigDecimal amount, Instant decidedAt) {}

  /**
   * State.
   *
   * @param total its scale depends on all amounts
   */
  record Notes(List<Noted> all, BigDecimal total) {
    Notes {
      all = List.copyOf(all);
    }
  }

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(STAMPED);
  }

  private static final class StampedDecider implements Decider<Notes, Note, Noted> {

    @Override
    public Notes initialState() {
      return new Notes(List.of(), BigDecimal.ZERO);
    }

    @Override
    public Decision<Noted> decide(Notes state, Note command, DecisionContext context) {
      return Decision.accepted(new Noted(command.at, command.amount, context.timestamp()));
    }

    @Override
    public Notes evolve(Notes state, Noted event) {
      var all = new ArrayList<>(state.all);
      all.add(event);
      return new Notes(all, state.total.add(event.amount));
    }
  }
}
