package ${package};

import ${package}.CounterCommand.Increment;
import ${package}.CounterCommand.Reset;
import ${package}.CounterEvent.Incremented;
import ${package}.CounterEvent.WasReset;
import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Domain;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonResults;
import java.util.List;

/** What the job runs; found through META-INF/services. */
public final class CounterDomain implements Domain {

  /** Names and schema versions are stored: never change one, add an upcaster. */
  public static final AggregateType<Counter, CounterCommand, CounterEvent> COUNTER =
      AggregateType.named("Counter", new CounterDecider())
          .commands(
              JsonCodec.<CounterCommand>builder()
                  .type("Increment", 1, Increment.class)
                  .type("Reset", 1, Reset.class)
                  .build())
          .events(
              JsonCodec.<CounterEvent>builder()
                  .type("Incremented", 1, Incremented.class)
                  .type("WasReset", 1, WasReset.class)
                  .build())
          .state(JsonCodec.single("Counter", 1, Counter.class))
          .results(JsonResults.CONTENT_TYPE, JsonResults::encode)
          .build();

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(COUNTER);
  }
}
