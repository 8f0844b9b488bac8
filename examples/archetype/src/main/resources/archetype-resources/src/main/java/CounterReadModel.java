package ${package};

import ${package}.CounterEvent.Incremented;
import ${package}.CounterEvent.WasReset;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.ReadModel;
import dev.anabranch.projection.RowChange;
import java.util.List;

/** The tables to query; found through META-INF/services. */
public final class CounterReadModel implements ReadModel {

  /** One row for each counter. */
  public static final QueryTable COUNTERS =
      QueryTable.named("counters")
          .key(Column.text("counter", 128))
          .columns(
              Column.integer("total"), Column.integer("resets"), Column.timestamp("changed_at"))
          .index("by_total", "total")
          .build();

  /** Raise its revision when the tables or the changes are others. */
  public static final Projection COUNTERS_PROJECTION =
      Projection.named("counters")
          .tables(COUNTERS)
          .from(CounterDomain.COUNTER, CounterReadModel::changes)
          .build();

  @Override
  public List<Projection> projections() {
    return List.of(COUNTERS_PROJECTION);
  }

  private static List<RowChange> changes(CounterEvent event, ProjectionContext context) {
    var row = COUNTERS.row(context.aggregateId()).set("changed_at", context.timestamp());
    if (event instanceof Incremented incremented) {
      return List.of(row.add("total", incremented.by()));
    }
    if (event instanceof WasReset) {
      return List.of(row.set("total", 0).add("resets", 1));
    }
    throw new IllegalArgumentException("no rows for " + event);
  }
}
