package dev.anabranch.jobs;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import java.util.List;

/** A projection that is declared and filled with nothing. */
final class ThingsReadModel {

  private ThingsReadModel() {}

  /** All that there is to say. */
  public record Thing(String text) {}

  static Projection projection() {
    var table =
        QueryTable.named("things")
            .key(Column.text("id", 20))
            .columns(Column.integer("number"))
            .build();
    return Projection.named("things")
        .tables(table)
        .from(type(), (event, context) -> List.of())
        .build();
  }

  private static AggregateType<Thing, Thing, Thing> type() {
    return AggregateType.named("Thing", new Keeping())
        .commands(JsonCodec.single("Thing", 1, Thing.class))
        .events(JsonCodec.single("Thing", 1, Thing.class))
        .state(JsonCodec.single("Thing", 1, Thing.class))
        .build();
  }

  private static final class Keeping implements Decider<Thing, Thing, Thing> {
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
  }
}
