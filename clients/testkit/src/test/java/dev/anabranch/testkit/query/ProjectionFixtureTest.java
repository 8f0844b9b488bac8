package dev.anabranch.testkit.query;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.EventHandler;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The fixture finds projections that a rebuild would fill differently. */
class ProjectionFixtureTest {

  private static final QueryTable TABLE =
      QueryTable.named("t").key(Column.text("id", 20)).columns(Column.text("last", 20)).build();

  @Test
  void rowsThatDependOnTheOrderOfAggregatesAreFound() {
    var fixture =
        given((event, context) -> List.of(TABLE.row("shared").set("last", context.aggregateId())));

    assertThatThrownBy(fixture::tables)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("depend on the order in which aggregates come")
        .hasMessageContaining("only add to rows");
  }

  @Test
  void handlersThatAreNotPureAreFound() {
    var calls = new AtomicInteger();
    var fixture =
        given(
            (event, context) ->
                List.of(
                    TABLE.row(context.aggregateId()).set("last", "" + calls.getAndIncrement())));

    assertThatThrownBy(fixture::tables).hasMessageContaining("something else of the same event");
  }

  @Test
  void handlersOfViewsThatAreNotPureAreFound() {
    var calls = new AtomicInteger();
    var projection =
        Projection.named("p")
            .tables(TABLE)
            .fromViews(
                TextAggregate.type(),
                view ->
                    List.of(
                        TABLE.row(view.aggregateId()).set("last", "" + calls.getAndIncrement())))
            .build();
    var fixture = ProjectionFixture.of(projection).givenView(TextAggregate.type(), "a", "x");

    assertThatThrownBy(fixture::tables).hasMessageContaining("something else of the same view");
  }

  @Test
  void whatDiffersIsShown() {
    var fixture =
        given((event, context) -> List.of(TABLE.row(context.aggregateId()).set("last", "x")));

    fixture.expectRow(TABLE.row("a").set("last", "x")).expectRowCount(TABLE, 2);
    assertThatThrownBy(() -> fixture.expectRow(TABLE.row("a").set("last", "y")))
        .hasMessageContaining("has {last=x}, expected {last=y}");
    assertThatThrownBy(() -> fixture.expectRow(TABLE.row("c")))
        .hasMessageContaining("there is no row [c]");
    assertThatThrownBy(() -> fixture.expectNoRow(TABLE, "a")).hasMessageContaining("is a row");
    assertThatThrownBy(() -> fixture.expectRowCount(TABLE, 3)).hasMessageContaining("has 2 rows");
    assertThatThrownBy(() -> fixture.expectRowCount(TABLE, 1)).hasMessageContaining("has 2 rows");
  }

  private static ProjectionFixture given(EventHandler<String> handler) {
    var projection =
        Projection.named("p").tables(TABLE).from(TextAggregate.type(), handler).build();
    var event = new EncodedMessage("text", 1, new byte[] {'e'});
    return ProjectionFixture.of(projection)
        .givenStored("Account", "a", event)
        .givenStored("Account", "b", event);
  }
}
