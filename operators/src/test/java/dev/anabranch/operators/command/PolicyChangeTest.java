package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import dev.anabranch.operators.command.PolicyDomain.Policy;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.RegionMap;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A release may change how a type is replicated: its aggregates go on from their states. */
class PolicyChangeTest {

  @ParameterizedTest
  @MethodSource("changes")
  void anAggregateGoesOnFromItsState(Policy before, Policy after) throws Exception {
    try (var store = new TestStore("a")) {
      var operator = new OperatorHarness(store.factory(), options(), new PolicyDomain(before));
      operator.handle("Note/1", "c1", "add x");
      operator.handle("Note/1", "c2", "add y");
      operator.checkpoint();

      operator.release(new PolicyDomain(after));
      operator.crash();
      assertThat(read(operator, "r1")).isEqualTo(",x,y");
      operator.handle("Note/1", "c3", "add z");
      assertThat(read(operator, "r2")).isEqualTo(",x,y,z");
      operator.checkpoint();

      // What the first policy kept ends before the second one's commits.
      operator.release(new PolicyDomain(before));
      operator.crash();
      assertThat(read(operator, "r3")).isEqualTo(",x,y,z");
      operator.handle("Note/1", "c4", "add u");
      operator.restartFromNothing();
      assertThat(read(operator, "r4")).isEqualTo(",x,y,z,u");
      operator.close();
    }
  }

  /** The graph of a history that is made anew takes heap: a person says how much it may be. */
  @Test
  void aHistoryThatTakesTooMuchParksItsAggregateUntilMoreIsAllowed() throws Exception {
    try (var store = new TestStore("a")) {
      var operator = new OperatorHarness(store.factory(), options(), new PolicyDomain(Policy.HOME));
      for (var i = 0; i < 10; i++) {
        operator.handle("Note/1", "c" + i, "add " + i);
      }
      operator.checkpoint();
      operator.useOptions(options().withMaxCachedBytes(3_000));
      operator.release(new PolicyDomain(Policy.AUTOMATIC));
      operator.crash();
      var parked = operator.handle("Note/1", "r1", "read");
      assertThat(parked.status()).isEqualTo(ReplyStatus.ERROR);
      assertThat(parked.body().code()).isEqualTo(ErrorCodes.BROKEN);
      assertThat(parked.body().message()).contains("aggregates.cache-max-bytes, 3000 bytes");
      assertThat(operator.handle("Note/2", "c1", "add x").status())
          .as("others are served")
          .isEqualTo(ReplyStatus.ACCEPTED);
      operator.checkpoint();

      operator.useOptions(options());
      operator.crash();
      assertThat(read(operator, "r2")).isEqualTo(",0,1,2,3,4,5,6,7,8,9");
      operator.close();
    }
  }

  static Stream<Arguments> changes() {
    return Stream.of(Policy.values())
        .flatMap(
            before ->
                Stream.of(Policy.values())
                    .filter(after -> after != before)
                    .map(after -> Arguments.of(before, after)));
  }

  private static String read(OperatorHarness operator, String commandId) throws Exception {
    return new String(operator.handle("Note/1", commandId, "read").body().result(), UTF_8);
  }

  private static CommandOperatorOptions options() {
    return new CommandOperatorOptions(
        "a",
        new RegionMap(List.of("a", "b"), "a", new TreeMap<>()),
        OperatorHarness.SHARDS,
        new Batching(1, 50, 1 << 20, 200, 1 << 24),
        10_000,
        200,
        4,
        Duration.ofSeconds(20));
  }
}
