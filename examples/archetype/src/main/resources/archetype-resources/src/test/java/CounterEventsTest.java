package ${package};

import ${package}.CounterEvent.Incremented;
import ${package}.CounterEvent.WasReset;
import dev.anabranch.testkit.RecordedEvents;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What was stored once can always be read: see the file. */
class CounterEventsTest {

  @Test
  void storesEventsAsReleasesBeforeDid() {
    RecordedEvents.of(CounterDomain.COUNTER, Path.of("src/test/resources/counter-events.txt"))
        .check(new Incremented(5), new WasReset());
  }
}
