package dev.anabranch.connectors.mysql;

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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a declaration lets pass the server takes; a version that can't be made leaves nothing. */
class WideTablesITCase {

  private record Thing(String text) {}

  private static AggregateType<Thing, Thing, Thing> type() {
    var decider =
        new Decider<Thing, Thing, Thing>() {
          @Override
          public Thing initialState() {
            return new Thing("");
          }

          @Override
          public Decision<Thing> decide(Thing state, Thing command, DecisionContext context) {
            return Decision.accepted(command);
          }

          @Override
          public Thing evolve(Thing state, Thing event) {
            return event;
          }
        };
    return AggregateType.named("Thing", decider)
        .commands(JsonCodec.single("T", 1, Thing.class))
        .events(JsonCodec.single("T", 1, Thing.class))
        .state(JsonCodec.single("T", 1, Thing.class))
        .build();
  }

  private static Projection of(QueryTable... tables) {
    return Projection.named("wide")
        .tables(tables)
        .from(type(), (event, context) -> List.of())
        .build();
  }

  private static QueryTable table(String name, int keyLength, Column... columns) {
    return QueryTable.named(name).key(Column.text("id", keyLength)).columns(columns).build();
  }

  private static Column[] texts(int count, int length) {
    return IntStream.range(0, count)
        .mapToObj(i -> Column.text("c" + i, length))
        .toArray(Column[]::new);
  }

  static Stream<Arguments> widest() {
    return Stream.of(
        Arguments.of("texts of 4,000", table("a", 80, texts(4, 4_000))),
        Arguments.of("short texts", table("b", 9, texts(32, 60))),
        Arguments.of("texts of 64", table("c", 700, texts(120, 64))),
        Arguments.of(
            "numbers",
            table(
                "d",
                9,
                IntStream.range(0, 950)
                    .mapToObj(i -> Column.integer("c" + i))
                    .toArray(Column[]::new))),
        Arguments.of(
            "long texts",
            table(
                "e",
                9,
                IntStream.range(0, 190)
                    .mapToObj(i -> Column.longText("c" + i))
                    .toArray(Column[]::new))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("widest")
  void aServerTakesWhatADeclarationLetsPass(String what, QueryTable table) {
    try (var queries = new TestQueries()) {
      assertThat(queries.tables().begin(of(table)).version()).isEqualTo(1);
    }
  }

  @Test
  void aVersionThatCannotBeMadeUsesUpNoNumberAndLeavesNoTable() throws Exception {
    var good = table("good", 9, Column.integer("n"));
    var other = table("other", 9, Column.integer("n"));
    try (var queries = new TestQueries()) {
      // Somebody's table has the name of the second one.
      queries.execute("CREATE TABLE other_v1 (x INT)");

      for (var i = 0; i < 3; i++) {
        assertThatThrownBy(() -> queries.tables().begin(of(good, other)))
            .hasMessageContaining("other_v1");
      }

      queries.execute("DROP TABLE IF EXISTS other_v1");
      assertThat(queries.tables().begin(of(good, other)).version()).isEqualTo(1);
    }
  }
}
