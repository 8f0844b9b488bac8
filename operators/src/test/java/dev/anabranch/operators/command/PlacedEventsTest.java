package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.operators.command.lane.TestStore;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An event's place in the history is the same when it is decided and when it is read again. */
class PlacedEventsTest {

  private TestStore store;
  private OperatorHarness operator;

  @BeforeEach
  void start() throws Exception {
    store = new TestStore();
    operator = new OperatorHarness(store.factory());
  }

  @AfterEach
  void stop() throws Exception {
    operator.close();
    store.assertSound();
    store.close();
  }

  @Test
  void isTheSameWhenTheStateIsFoldedFromTheStore() throws Exception {
    operator.handle("Placed/1", "c1", "add a");
    operator.handle("Placed/1", "c2", "twice b");
    operator.handle("Placed/1", "c3", "nothing");
    operator.handle("Placed/1", "c4", "add c");
    var decided = state("c5");

    operator.restartFromNothing();
    operator.settle();
    var folded = state("c6");

    assertThat(folded).startsWith(decided + ", ");
    assertThat(decided)
        .matches(
            ", a = a:1 after \\{} at \\d+"
                + ", b = a:2 after \\{a:1} at (\\d+), b = a:2\\.1 after \\{a:1} at \\1"
                + ", c = a:3 after \\{a:2} at \\d+");
  }

  private String state(String commandId) throws Exception {
    var reply = operator.handle("Placed/1", commandId, "result x");
    return new String(reply.body().result(), StandardCharsets.UTF_8).substring("was:".length());
  }
}
