package dev.anabranch.examples.orders;

import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.ItemRemoved;
import dev.anabranch.examples.orders.OrderEvent.OrderCancelled;
import dev.anabranch.examples.orders.OrderEvent.OrderCreated;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.EventContext;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.ReadModel;
import dev.anabranch.projection.RowChange;
import java.util.List;

/** A list of orders to search in, and how often each item was ordered. */
public final class OrdersReadModel implements ReadModel {

  /** One row for each order. */
  public static final QueryTable ORDERS =
      QueryTable.named("orders")
          .key(Column.text("order_id", 128))
          .columns(
              Column.text("customer", 200),
              Column.integer("items"),
              Column.bool("cancelled"),
              Column.text("reason", 500),
              Column.timestamp("created_at"))
          .index("by_customer", "customer", "created_at")
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
          .tables(ORDERS, POPULAR_ITEMS)
          .from(OrdersDomain.ORDER, OrdersReadModel::changes)
          .build();

  @Override
  public List<Projection> projections() {
    return List.of(ORDERS_PROJECTION);
  }

  private static List<RowChange> changes(OrderEvent event, EventContext context) {
    var order = ORDERS.row(context.aggregateId());
    if (event instanceof OrderCreated created) {
      return List.of(
          order.set("customer", created.customer()).set("created_at", context.timestamp()));
    }
    if (event instanceof ItemAdded added) {
      return List.of(order.add("items", 1), POPULAR_ITEMS.row(added.item()).add("ordered", 1));
    }
    if (event instanceof ItemRemoved removed) {
      return List.of(order.add("items", -1), POPULAR_ITEMS.row(removed.item()).add("ordered", -1));
    }
    if (event instanceof OrderCancelled cancelled) {
      return List.of(order.set("cancelled", true).set("reason", cancelled.reason()));
    }
    return List.of();
  }
}
