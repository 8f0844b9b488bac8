package dev.anabranch.jobs.region;

import dev.anabranch.api.AggregateType;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.ReadModel;
import dev.anabranch.projection.RowChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables of {@link PurseDomain}: a row per purse, a row per change, and one row that counts all of
 * them, which every subtask adds to.
 */
public final class PurseReadModel implements ReadModel {

  /** Events of this amount can't be projected, while the property {@value #POISON} is set. */
  public static final long POISON_AMOUNT = 666_666_666;

  static final String POISON = "anabranch.test.poison";

  public static final QueryTable PURSES =
      QueryTable.named("purses")
          .key(Column.text("purse", 128))
          .columns(
              Column.integer("balance"),
              Column.integer("version"),
              Column.text("last_command", 64),
              Column.timestamp("changed_at"))
          .index("by_balance", "balance")
          .build();

  public static final QueryTable CHANGES =
      QueryTable.named("changes")
          .key(Column.text("purse", 128), Column.integer("version"), Column.integer("number"))
          .columns(Column.integer("amount"))
          .build();

  public static final QueryTable TOTALS =
      QueryTable.named("totals")
          .key(Column.text("name", 20))
          .columns(Column.integer("balance"), Column.integer("events"))
          .build();

  /** Revision 1 of the projection {@code purses}. */
  public static final Projection PROJECTION = projection(1);

  @Override
  public List<Projection> projections() {
    return List.of(PROJECTION);
  }

  public static Projection projection(int revision) {
    @SuppressWarnings("unchecked") // its events are texts
    var type = (AggregateType<?, String, String>) PurseDomain.PURSE;
    return Projection.named("purses")
        .revision(revision)
        .tables(PURSES, CHANGES, TOTALS)
        .from(type, PurseReadModel::changes)
        .build();
  }

  private static List<RowChange> changes(String event, ProjectionContext context) {
    var amount = Long.parseLong(event);
    if (amount == POISON_AMOUNT && Boolean.getBoolean(POISON)) {
      throw new IllegalStateException("told to throw");
    }
    var changes = new ArrayList<RowChange>();
    changes.add(
        PURSES
            .row(context.aggregateId())
            .set("version", context.version())
            .set("last_command", context.commandId())
            .set("changed_at", context.timestamp())
            .add("balance", amount));
    changes.add(
        CHANGES
            .row(context.aggregateId(), context.version(), context.index())
            .set("amount", amount));
    changes.add(TOTALS.row("all").add("balance", amount).add("events", 1));
    return changes;
  }
}
