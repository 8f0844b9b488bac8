package dev.anabranch.examples.orders;

import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.ItemRemoved;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.ProjectionContext;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.ReadModel;
import dev.anabranch.projection.RowChange;
import dev.anabranch.projection.View;
import java.util.List;

/** A list of contract orders with those in conflict, and how often each item was ordered. */
public final class OrdersReadModel implements ReadModel {

  /** One row for each contract order, as its region sees it. */
  public static final QueryTable ORDERS =
      QueryTable.named("orders")
          .key(Column.text("order_id", 128))
          .columns(
              Column.text("customer", 200),
              Column.integer("items"),
              Column.bool("cancelled"),
              Column.bool("open_conflict"),
              Column.integer("live_versions"),
              Column.timestamp("changed_at"))
          .index("by_customer", "customer", "changed_at")
          .index("conflicts", "open_conflict", "changed_at")
          .build();

  /** One row for each item that was ever ordered, a ranking over all orders. */
  public static final QueryTable POPULAR_ITEMS =
      QueryTable.named("popular_items")
          .key(Column.text("item", 200))
          .columns(Column.integer("ordered"))
          .index("by_ordered", "ordered")
          .build();

  public static final Projection ORDERS_PROJECTION =
      Projection.named("orders")
          .tables(ORDERS)
          .fromViews(OrdersDomain.CONTRACT_ORDER, OrdersReadModel::listed)
          .build();

  public static final Projection ITEMS_PROJECTION =
      Projection.named("popular_items")
          .tables(POPULAR_ITEMS)
          .fromInAnyOrder(OrdersDomain.ORDER, OrdersReadModel::counted)
          .fromInAnyOrder(OrdersDomain.WEB_ORDER, OrdersReadModel::counted)
          .fromInAnyOrder(OrdersDomain.CONTRACT_ORDER, OrdersReadModel::counted)
          .build();

  @Override
  public List<Projection> projections() {
    return List.of(ORDERS_PROJECTION, ITEMS_PROJECTION);
  }

  private static List<RowChange> listed(View<Order> view) {
    var row =
        ORDERS
            .row(view.aggregateId())
            .set("open_conflict", view.conflict())
            .set("live_versions", view.live().size())
            .set("changed_at", view.changedAt());
    var order = shown(view);
    return List.of(
        row.set("customer", order.customer())
            .set("items", order.items().size())
            .set("cancelled", order.cancelled()));
  }

  /** In a conflict the newest version, until a person has chosen. */
  private static Order shown(View<Order> view) {
    var state = view.state();
    for (var i = view.live().size() - 1; i >= 0 && state == null; i--) {
      state = view.live().get(i).state();
    }
    return state == null ? Order.NONE : state;
  }

  /** Every order of an item counts, also one in a version that is rejected later. */
  private static List<RowChange> counted(OrderEvent event, ProjectionContext context) {
    if (event instanceof ItemAdded added) {
      return List.of(POPULAR_ITEMS.row(added.item()).add("ordered", 1));
    }
    if (event instanceof ItemRemoved removed) {
      return List.of(POPULAR_ITEMS.row(removed.item()).add("ordered", -1));
    }
    return List.of();
  }
}
