package dev.anabranch.examples.orders;

import static dev.anabranch.examples.orders.OrdersReadModel.ORDERS;
import static dev.anabranch.examples.orders.OrdersReadModel.POPULAR_ITEMS;

import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.ItemRemoved;
import dev.anabranch.examples.orders.OrderEvent.OrderCancelled;
import dev.anabranch.examples.orders.OrderEvent.OrderCreated;
import dev.anabranch.testkit.query.ProjectionFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrdersReadModelTest {

  @Test
  void anOpenConflictShowsUntilItIsResolved() {
    var tea = new Order("Ann", List.of("tea"), false);
    var teaAndRice = new Order("Ann", List.of("tea", "rice"), false);
    var cancelled = new Order("Ann", List.of("tea"), true);
    var open =
        ProjectionFixture.of(OrdersReadModel.ORDERS_PROJECTION)
            .givenView(OrdersDomain.CONTRACT_ORDER, "1", tea)
            .givenView(OrdersDomain.CONTRACT_ORDER, "2", new Order("Bob", List.of(), false))
            .givenConflict(OrdersDomain.CONTRACT_ORDER, "1", teaAndRice, cancelled)
            .expectRow(
                ORDERS
                    .row("1")
                    .set("customer", "Ann")
                    .set("open_conflict", true)
                    .set("live_versions", 2)
                    .set("cancelled", true))
            .expectRow(ORDERS.row("2").set("open_conflict", false).set("live_versions", 1));

    open.givenView(OrdersDomain.CONTRACT_ORDER, "1", teaAndRice)
        .expectRow(
            ORDERS
                .row("1")
                .set("items", 2)
                .set("cancelled", false)
                .set("open_conflict", false)
                .set("live_versions", 1))
        .expectRowCount(ORDERS, 2);
  }

  @Test
  void itemsAreRankedOverAllOrders() {
    ProjectionFixture.of(OrdersReadModel.ITEMS_PROJECTION)
        .given(OrdersDomain.ORDER, "1", new OrderCreated("Ann"), new ItemAdded("tea"))
        .given(OrdersDomain.ORDER, "2", new OrderCreated("Bob"), new ItemAdded("tea"))
        .given(OrdersDomain.ORDER, "1", new ItemAdded("rice"), new ItemRemoved("tea"))
        .given(OrdersDomain.ORDER, "2", new OrderCancelled("too late"))
        .expectRow(POPULAR_ITEMS.row("tea").set("ordered", 1))
        .expectRow(POPULAR_ITEMS.row("rice").set("ordered", 1));
  }
}
