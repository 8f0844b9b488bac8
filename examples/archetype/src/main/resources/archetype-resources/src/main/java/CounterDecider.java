package ${package};

import ${package}.CounterCommand.Increment;
import ${package}.CounterCommand.Reset;
import ${package}.CounterEvent.Incremented;
import ${package}.CounterEvent.WasReset;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import java.util.List;

/** The rules of a counter. */
public final class CounterDecider implements Decider<Counter, CounterCommand, CounterEvent> {

  static final long LIMIT = 1_000;

  @Override
  public Counter initialState() {
    return new Counter(0);
  }

  @Override
  public Decision<CounterEvent> decide(
      Counter counter, CounterCommand command, DecisionContext context) {
    if (command instanceof Increment increment) {
      var next = counter.value() + increment.by();
      return increment.by() <= 0 || next > LIMIT
          ? Decision.rejected("limit", "a counter counts up, and no further than " + LIMIT)
          : Decision.acceptedWithResult(
              new Counter(next), List.of(new Incremented(increment.by())));
    }
    if (command instanceof Reset) {
      return counter.value() == 0 ? Decision.unchanged() : Decision.accepted(new WasReset());
    }
    throw new IllegalArgumentException("no rule for " + command);
  }

  @Override
  public Counter evolve(Counter counter, CounterEvent event) {
    if (event instanceof Incremented incremented) {
      return new Counter(counter.value() + incremented.by());
    }
    if (event instanceof WasReset) {
      return new Counter(0);
    }
    throw new IllegalArgumentException("no fold for " + event);
  }
}
