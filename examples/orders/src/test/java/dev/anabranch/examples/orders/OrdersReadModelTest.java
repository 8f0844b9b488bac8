package dev.anabranch.examples.orders;

import static dev.anabranch.examples.orders.OrdersReadModel.ORDERS;
import static dev.anabranch.examples.orders.OrdersReadModel.POPULAR_ITEMS;

import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.ItemRemoved;
import dev.anabranch.examples.orders.OrderEvent.OrderCancelled;
import dev.anabranch.examples.orders.OrderEvent.OrderCreated;
import dev.anabranch.testkit.query.ProjectionFixture;
import org.junit.jupiter.api.Test;

class OrdersReadModelTest {

  @Test
  void ordersAreListedAndItemsRanked() {
    ProjectionFixture.of(OrdersReadModel.ORDERS_PROJECTION)
        .given(OrdersDomain.ORDER, "1", new OrderCreated("Ann"), new ItemAdded("tea"))
        .given(OrdersDomain.ORDER, "2", new OrderCreated("Bob"), new ItemAdded("tea"))
        .given(OrdersDomain.ORDER, "1", new ItemAdded("rice"), new ItemRemoved("tea"))
        .given(OrdersDomain.ORDER, "2", new OrderCancelled("too late"))
        .expectRow(ORDERS.row("1").set("customer", "Ann").set("items", 1).set("cancelled", false))
        .expectRow(ORDERS.row("2").set("items", 1).set("cancelled", true).set("reason", "too late"))
        .expectRow(POPULAR_ITEMS.row("tea").set("ordered", 1))
        .expectRow(POPULAR_ITEMS.row("rice").set("ordered", 1));
  }
}
