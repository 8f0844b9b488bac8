package ${package};

import ${package}.CounterCommand.Increment;
import ${package}.CounterCommand.Reset;
import ${package}.CounterEvent.Incremented;
import ${package}.CounterEvent.WasReset;
import dev.anabranch.testkit.DomainFixture;
import org.junit.jupiter.api.Test;

/** Given, when, then, without Flink. */
class CounterTest {

  private final DomainFixture<Counter, CounterCommand, CounterEvent> nearTheLimit =
      DomainFixture.of(CounterDomain.COUNTER).given(new Incremented(CounterDecider.LIMIT - 1));

  @Test
  void countsUpToItsLimit() {
    nearTheLimit.when(new Increment(1)).expectEvents(new Incremented(1));
    nearTheLimit.when(new Increment(2)).expectRejection("limit");
  }

  @Test
  void startsAgainAfterAReset() {
    nearTheLimit.when(new Reset()).expectEvents(new WasReset()).expectState(new Counter(0));
  }
}
