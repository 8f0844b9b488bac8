package dev.anabranch.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.VectorTime;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a projection of views takes, what it makes of a view, and what its declaration says. */
class ViewDeclarationsTest {

  private static final QueryTable TABLE =
      QueryTable.named("notes")
          .key(Column.text("note", 3))
          .columns(
              Column.text("owner", 3),
              Column.integer("balance"),
              Column.decimal("rate", 5, 2),
              Column.bool("open"),
              Column.timestamp("at"))
          .build();

  private static final AggregateType<String, String, String> TYPE =
      AggregateType.named("Note", new LastText())
          .commands(new Texts())
          .events(new Texts())
          .state(new Texts())
          .build();

  @Test
  void eventsThatComeInAnotherOrderInEachRegionAreRefusedUnlessTheirChangesCommute() {
    var shared =
        AggregateType.named("Shared", new LastText())
            .commands(new Texts())
            .events(new Texts())
            .state(new Texts())
            .replication(ReplicationPolicy.interactive())
            .build();

    assertThatThrownBy(() -> Projection.named("p").from(shared, (event, context) -> List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the events of Shared, which several regions may change at once")
        .hasMessageContaining(".fromViews(...)")
        .hasMessageContaining(".fromInAnyOrder(...)");
    assertThat(
            Projection.named("p")
                .tables(TABLE)
                .fromInAnyOrder(shared, (event, context) -> List.of())
                .build()
                .followsViews())
        .isFalse();
  }

  @Test
  void tablesThatItCantFillAndASecondSourceAreRefused() {
    assertThatThrownBy(
            () ->
                Projection.named("p")
                    .tables(QueryTable.named("t").key(Column.integer("n")).build())
                    .fromViews(TYPE, view -> List.of())
                    .build())
        .hasMessageContaining("begins with column n integer")
        .hasMessageContaining("the aggregate's id");
    assertThatThrownBy(
            () ->
                Projection.named("p")
                    .tables(TABLE)
                    .from(TYPE, (event, context) -> List.of())
                    .fromViews(TYPE, view -> List.of())
                    .build())
        .hasMessageContaining("takes events and views");
    assertThatThrownBy(
            () ->
                Projection.named("p")
                    .fromViews(TYPE, view -> List.of())
                    .fromViews(TYPE, view -> List.of()))
        .hasMessageContaining("takes the views of Note already");
  }

  /** Stored: by it tools and clients know what a version's positions mean. */
  @Test
  void theDefinitionNamesTheType() {
    var projection = Projection.named("p").tables(TABLE).fromViews(TYPE, view -> List.of()).build();

    assertThat(projection.definition()).isEqualTo("views of Note\n" + TABLE.definition());
    assertThat(projection.followsViews()).isTrue();
    assertThat(projection.aggregateTypes()).containsExactly("Note");
    assertThat(Projection.isOfViews(projection.definition())).isTrue();
    assertThat(Projection.isOfViews(TABLE.definition())).isFalse();
  }

  @Test
  void whatAHandlerMayNotGiveIsNamed() {
    var other = QueryTable.named("other").key(Column.text("id", 3)).build();

    assertThatThrownBy(() -> shown(TABLE.row("b"))).hasMessageContaining("begins with the");
    assertThatThrownBy(() -> shown(TABLE.row("a").add("balance", 1)))
        .hasMessageContaining("only set");
    assertThatThrownBy(() -> shown(TABLE.row("a").delete())).hasMessageContaining("only set");
    assertThatThrownBy(() -> shown(TABLE.row("a"), TABLE.row("a").set("open", true)))
        .hasMessageContaining("two rows");
    assertThatThrownBy(() -> shown(other.row("a"))).hasMessageContaining("not among its own");
  }

  @Test
  void rowsAreWholeAndWhatIsLeftOutIsDeleted() {
    var rows = shown(TABLE.row("a").set("owner", "Ann"));

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).set())
        .containsOnlyKeys("owner", "balance", "rate", "open", "at")
        .containsEntry("rate", new BigDecimal("0.00"))
        .containsEntry("open", false)
        .containsEntry("at", null);
    assertThat(shown())
        .singleElement()
        .satisfies(change -> assertThat(change.isDelete() && !change.isWrite()).isTrue());
  }

  private static List<RowChange> shown(RowChange... rows) {
    return Projection.named("p")
        .tables(TABLE)
        .fromViews(TYPE, view -> List.of(rows))
        .build()
        .changes(
            new View<>(
                "Note",
                "a",
                "eu",
                VectorTime.ZERO.token(),
                Instant.EPOCH,
                null,
                true,
                List.of(),
                ""));
  }

  private static final class LastText implements Decider<String, String, String> {
    @Override
    public String initialState() {
      return "";
    }

    @Override
    public Decision<String> decide(String state, String command, DecisionContext context) {
      return Decision.accepted(command);
    }

    @Override
    public String evolve(String state, String event) {
      return event;
    }
  }

  private static final class Texts implements MessageCodec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public EncodedMessage encode(String message) {
      return new EncodedMessage("text", 1, message.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String decode(EncodedMessage encoded) {
      return new String(encoded.data(), StandardCharsets.UTF_8);
    }
  }
}
