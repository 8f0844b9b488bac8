package dev.anabranch.benchmarks.projection;

import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.Projections;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import java.util.List;

/** One row for each account: what a typical read model costs. */
final class ProjectionReadModel {

  static final String NAME = "accounts";

  static final QueryTable ACCOUNTS =
      QueryTable.named(NAME)
          .key(Column.text("account", 128))
          .columns(
              Column.integer("balance"),
              Column.integer("version"),
              Column.text("note", 300),
              Column.timestamp("changed_at"))
          .build();

  private ProjectionReadModel() {}

  static Projections projections() {
    var projection =
        Projection.named(NAME)
            .tables(ACCOUNTS)
            .from(BenchmarkDomain.type(), ProjectionReadModel::changes)
            .build();
    return Projections.of(() -> List.of(projection));
  }

  static ProjectionsLoader loader() {
    return userCode -> projections();
  }

  private static List<RowChange> changes(
      BenchmarkDomain.Deposited deposited, ProjectionContext context) {
    return List.of(
        ACCOUNTS
            .row(context.aggregateId())
            .set("version", context.version())
            .set("note", deposited.note())
            .set("changed_at", context.timestamp())
            .add("balance", deposited.amount()));
  }
}
