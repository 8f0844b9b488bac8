package ${package};

import ${package}.CounterEvent.Incremented;
import ${package}.CounterEvent.WasReset;
import dev.anabranch.testkit.query.ProjectionFixture;
import org.junit.jupiter.api.Test;

/** Given these events, the tables have these rows. */
class CounterReadModelTest {

  @Test
  void showsWhereACounterIs() {
    ProjectionFixture.of(CounterReadModel.COUNTERS_PROJECTION)
        .given(CounterDomain.COUNTER, "door", new Incremented(5), new Incremented(2))
        .given(CounterDomain.COUNTER, "gate", new Incremented(9), new WasReset())
        .expectRow(CounterReadModel.COUNTERS.row("door").set("total", 7).set("resets", 0))
        .expectRow(CounterReadModel.COUNTERS.row("gate").set("total", 0).set("resets", 1));
  }
}
