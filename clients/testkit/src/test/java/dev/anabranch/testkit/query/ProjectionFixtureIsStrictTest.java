package dev.anabranch.testkit.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** For each expectation about rows, what makes it fail; and rows that hold bytes. */
class ProjectionFixtureIsStrictTest {

  record T(long n) {}

  static final QueryTable WITH =
      QueryTable.named("with_bytes")
          .key(Column.text("id", 20))
          .columns(Column.integer("n"), Column.bytes("hash", 32))
          .build();
  static final QueryTable KEY =
      QueryTable.named("key_bytes")
          .key(Column.bytes("id", 32))
          .columns(Column.integer("n"))
          .build();
  static final QueryTable WITHOUT =
      QueryTable.named("plain")
          .key(Column.text("id", 20))
          .columns(Column.integer("n"), Column.text("hash", 32))
          .build();
  static final AggregateType<T, T, T> TYPE =
      AggregateType.named(
              "Thing",
              new Decider<T, T, T>() {
                @Override
                public T initialState() {
                  return new T(0);
                }

                @Override
                public Decision<T> decide(T s, T c, DecisionContext x) {
                  return Decision.accepted(c);
                }

                @Override
                public T evolve(T s, T e) {
                  return e;
                }
              })
          .commands(JsonCodec.single("T", 1, T.class))
          .events(JsonCodec.single("T", 1, T.class))
          .state(JsonCodec.single("T", 1, T.class))
          .build();

  private static final Projection PLAIN =
      Projection.named("p")
          .tables(WITHOUT)
          .from(
              TYPE,
              (e, c) -> List.of(WITHOUT.row(c.aggregateId()).add("n", e.n()).set("hash", "x")))
          .build();
  private static final Projection FILLED =
      Projection.named("p")
          .tables(WITH)
          .from(
              TYPE,
              (e, c) ->
                  List.of(WITH.row(c.aggregateId()).add("n", e.n()).set("hash", new byte[] {1, 2})))
          .build();
  private static final Projection KEYED =
      Projection.named("p")
          .tables(KEY)
          .from(TYPE, (e, c) -> List.of(KEY.row((Object) new byte[] {1, 2}).add("n", e.n())))
          .build();
  private static final Projection VIEWS =
      Projection.named("p")
          .tables(WITH)
          .fromViews(
              TYPE,
              v ->
                  List.of(
                      WITH.row(v.aggregateId())
                          .set("n", v.state().n())
                          .set("hash", new byte[] {1, 2})))
          .build();

  static Stream<Arguments> expectations() {
    return Stream.of(
        expectation(
            "control: text",
            true,
            () ->
                ProjectionFixture.of(PLAIN)
                    .given(TYPE, "a", new T(1), new T(2))
                    .expectRow(WITHOUT.row("a").set("n", 3).set("hash", "x"))),
        expectation(
            "control: wrong n",
            false,
            () ->
                ProjectionFixture.of(PLAIN)
                    .given(TYPE, "a", new T(1))
                    .expectRow(WITHOUT.row("a").set("n", 3))),
        expectation(
            "expected row without columns",
            true,
            () ->
                ProjectionFixture.of(PLAIN)
                    .given(TYPE, "a", new T(1))
                    .expectRow(WITHOUT.row("a").set("n", 1))),
        expectation(
            "bytes column, row()",
            true,
            () ->
                assertThat(ProjectionFixture.of(FILLED).given(TYPE, "a", new T(1)).row(WITH, "a"))
                    .isPresent()),
        expectation(
            "bytes column, expectRow of n",
            true,
            () ->
                ProjectionFixture.of(FILLED)
                    .given(TYPE, "a", new T(1))
                    .expectRow(WITH.row("a").set("n", 1))),
        expectation(
            "bytes column, expectRow of hash",
            true,
            () ->
                ProjectionFixture.of(FILLED)
                    .given(TYPE, "a", new T(1))
                    .expectRow(WITH.row("a").set("hash", new byte[] {1, 2}))),
        expectation(
            "bytes column, wrong hash",
            false,
            () ->
                ProjectionFixture.of(FILLED)
                    .given(TYPE, "a", new T(1))
                    .expectRow(WITH.row("a").set("hash", new byte[] {9}))),
        expectation(
            "bytes column, views",
            true,
            () ->
                ProjectionFixture.of(VIEWS)
                    .givenView(TYPE, "a", new T(1))
                    .expectRow(WITH.row("a").set("hash", new byte[] {1, 2}))),
        expectation(
            "bytes key, two events, one row",
            true,
            () ->
                ProjectionFixture.of(KEYED)
                    .given(TYPE, "a", new T(1), new T(2))
                    .expectRowCount(KEY, 1)),
        expectation(
            "bytes key, expectRow",
            true,
            () ->
                ProjectionFixture.of(KEYED)
                    .given(TYPE, "a", new T(1), new T(2))
                    .expectRow(KEY.row((Object) new byte[] {1, 2}).set("n", 3))));
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

  @Test
  void anExpectationThatSaysNothingIsRefused() {
    var fixture = ProjectionFixture.of(PLAIN).given(TYPE, "a", new T(1), new T(2));

    assertThatThrownBy(() -> fixture.expectRow(WITHOUT.row("a").add("n", 99)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("made with set(...)");
    assertThatThrownBy(() -> fixture.expectRow(WITHOUT.row("a").delete()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use expectNoRow");
  }

  @Test
  void bytesAreShownAsDigits() {
    assertThatThrownBy(
            () ->
                ProjectionFixture.of(FILLED)
                    .given(TYPE, "a", new T(1))
                    .expectRow(WITH.row("a").set("hash", new byte[] {9})))
        .hasMessageContaining("has {hash=0x0102}, expected {hash=0x09}");
  }
}
