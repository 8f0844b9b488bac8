package dev.anabranch.operators.projection;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.Projections;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import dev.anabranch.testkit.sample.TextCodec;
import java.util.List;
import java.util.Set;

/**
 * Tallies: each event is a number, which goes into a row of the aggregate and one that all share.
 * {@code poison} numbers make the handler throw.
 */
public final class TallyReadModel {

  public static final QueryTable TALLIES =
      QueryTable.named("tallies")
          .key(Column.text("id", 50))
          .columns(Column.integer("total"), Column.text("trail", 4_000), Column.integer("version"))
          .build();
  public static final QueryTable SUMS =
      QueryTable.named("sums")
          .key(Column.text("name", 10))
          .columns(Column.integer("amount"), Column.integer("events"))
          .build();

  private TallyReadModel() {}

  public static Projection projection(int revision, Set<Long> poison) {
    return Projection.named("tallies")
        .revision(revision)
        .tables(TALLIES, SUMS)
        .from(type(), (event, context) -> changes(event, context, poison))
        .build();
  }

  public static Projections projections(Projection... projections) {
    return Projections.of(() -> List.of(projections));
  }

  private static List<RowChange> changes(
      String event, ProjectionContext context, Set<Long> poison) {
    var number = Long.parseLong(event);
    if (poison.contains(number)) {
      throw new IllegalStateException("told to throw at " + number);
    }
    return List.of(
        TALLIES
            .row(context.aggregateId())
            .set("version", context.version())
            .set("trail", "last " + number)
            .add("total", number),
        SUMS.row("all").add("amount", number).add("events", 1));
  }

  public static AggregateType<String, String, String> type() {
    return AggregateType.named("Tally", new NoDecider())
        .commands(new TextCodec("number"))
        .events(new TextCodec("number"))
        .state(new TextCodec("number"))
        .build();
  }

  public static EncodedMessage event(long number) {
    return new TextCodec("number").encode(Long.toString(number));
  }

  private static final class NoDecider implements Decider<String, String, String> {
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
}
