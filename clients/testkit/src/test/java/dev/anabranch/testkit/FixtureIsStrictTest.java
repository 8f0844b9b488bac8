package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.codec.JsonCodec;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** For each expectation of the fixture, what makes it fail: almost the right thing. */
class FixtureIsStrictTest {

  sealed interface Ev {}

  record Deposited(long amount) implements Ev {}

  record Withdrawn(long amount) implements Ev {}

  record Empty1() implements Ev {}

  record Empty2() implements Ev {}

  record Measured(
      double d,
      float f,
      List<Long> l,
      Set<String> s,
      Map<String, Integer> m,
      BigDecimal b,
      Optional<String> o)
      implements Ev {}

  record Cmd(int which) {}

  record St(double d, @Nullable String any) {}

  static final Measured M =
      new Measured(
          0.1 + 0.2,
          0.1f,
          List.of(1L, 2L),
          Set.of("a"),
          Map.of("a", 1),
          new BigDecimal("1.0"),
          Optional.empty());

  static final DomainFixture<St, Cmd, Ev> FIXTURE =
      DomainFixture.of(
          AggregateType.named(
                  "T",
                  new Decider<St, Cmd, Ev>() {
                    @Override
                    public St initialState() {
                      return new St(0, null);
                    }

                    @Override
                    public Decision<Ev> decide(St s, Cmd c, DecisionContext x) {
                      return switch (c.which()) {
                        case 0 -> Decision.accepted(new Withdrawn(5));
                        case 1 -> Decision.accepted(M);
                        case 2 -> Decision.accepted(new Empty1());
                        case 4 ->
                            Decision.accepted(
                                new Measured(Double.NaN, Float.NaN, M.l, M.s, M.m, M.b, M.o));
                        default ->
                            Decision.acceptedWithResult(
                                0.1 + 0.2, List.<Ev>of(new Deposited(1), new Withdrawn(2)));
                      };
                    }

                    @Override
                    public St evolve(St s, Ev e) {
                      return new St(0.1 + 0.2, null);
                    }
                  })
              .commands(JsonCodec.single("Cmd", 1, Cmd.class))
              .events(
                  JsonCodec.<Ev>builder()
                      .type("D", 1, Deposited.class)
                      .type("W", 1, Withdrawn.class)
                      .type("E1", 1, Empty1.class)
                      .type("E2", 1, Empty2.class)
                      .type("M", 1, Measured.class)
                      .build())
              .state(JsonCodec.single("St", 1, St.class))
              .build());

  static Stream<Arguments> expectations() {
    return Stream.of(
        expectation(
            "control: same event",
            true,
            () -> FIXTURE.when(new Cmd(0)).expectEvents(new Withdrawn(5))),
        expectation(
            "control: other amount",
            false,
            () -> FIXTURE.when(new Cmd(0)).expectEvents(new Withdrawn(6))),
        expectation(
            "Withdrawn(5) happened, Deposited(5) expected",
            false,
            () -> FIXTURE.when(new Cmd(0)).expectEvents(new Deposited(5))),
        expectation(
            "Empty1 happened, Empty2 expected",
            false,
            () -> FIXTURE.when(new Cmd(2)).expectEvents(new Empty2())),
        expectation(
            "swapped order",
            false,
            () -> FIXTURE.when(new Cmd(3)).expectEvents(new Withdrawn(2), new Deposited(1))),
        expectation(
            "swapped types",
            false,
            () -> FIXTURE.when(new Cmd(3)).expectEvents(new Withdrawn(1), new Deposited(2))),
        expectation("same Measured", true, () -> FIXTURE.when(new Cmd(1)).expectEvents(M)),
        expectation(
            "0.1+0.2 happened, 0.3 expected",
            false,
            () ->
                FIXTURE
                    .when(new Cmd(1))
                    .expectEvents(new Measured(0.3, M.f, M.l, M.s, M.m, M.b, M.o))),
        expectation(
            "0.1f happened, 0.1000005f expected",
            false,
            () ->
                FIXTURE
                    .when(new Cmd(1))
                    .expectEvents(new Measured(M.d, 0.1000005f, M.l, M.s, M.m, M.b, M.o))),
        expectation(
            "1.0 happened, 1.00 expected",
            false,
            () ->
                FIXTURE
                    .when(new Cmd(1))
                    .expectEvents(
                        new Measured(M.d, M.f, M.l, M.s, M.m, new BigDecimal("1.00"), M.o))),
        expectation(
            "list in other order",
            false,
            () ->
                FIXTURE
                    .when(new Cmd(1))
                    .expectEvents(new Measured(M.d, M.f, List.of(2L, 1L), M.s, M.m, M.b, M.o))),
        expectation(
            "set with more",
            false,
            () ->
                FIXTURE
                    .when(new Cmd(1))
                    .expectEvents(new Measured(M.d, M.f, M.l, Set.of("a", "b"), M.m, M.b, M.o))),
        expectation(
            "NaN happened and expected",
            true,
            () ->
                FIXTURE
                    .when(new Cmd(4))
                    .expectEvents(new Measured(Double.NaN, Float.NaN, M.l, M.s, M.m, M.b, M.o))),
        expectation(
            "state 0.1+0.2, expected 0.3",
            false,
            () -> FIXTURE.when(new Cmd(1)).expectState(new St(0.3, null))),
        expectation(
            "result 0.1+0.2, expected 0.3",
            false,
            () -> FIXTURE.when(new Cmd(3)).expectResult(0.3)));
  }

  private static Arguments expectation(String what, boolean holds, Runnable expectation) {
    return Arguments.of(what, holds, expectation);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("expectations")
  void anExpectationHoldsForTheSameOnly(String what, boolean holds, Runnable expectation) {
    var held = true;
    try {
      expectation.run();
    } catch (AssertionError e) {
      held = false;
    }

    assertThat(held).as(what).isEqualTo(holds);
  }
}
