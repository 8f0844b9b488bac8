package dev.anabranch.examples.orders;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Domain;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.CancelOrder;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrderCommand.RemoveItem;
import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.ItemRemoved;
import dev.anabranch.examples.orders.OrderEvent.OrderCancelled;
import dev.anabranch.examples.orders.OrderEvent.OrderCreated;
import java.util.List;

/** The orders of a shop, by what becomes of an order that several regions change at once. */
public final class OrdersDomain implements Domain {

  /** Orders, under the type name that their keys and rows carry; changed in their home only. */
  public static final AggregateType<Order, OrderCommand, OrderEvent> ORDER =
      orders("Order", ReplicationPolicy.singleHome());

  /** Changed everywhere; branches that grew apart are merged. */
  public static final AggregateType<Order, OrderCommand, OrderEvent> WEB_ORDER =
      orders("WebOrder", ReplicationPolicy.automatic(new OrderMerge()));

  /** Changed everywhere; of branches that grew apart a person chooses one. */
  public static final AggregateType<Order, OrderCommand, OrderEvent> CONTRACT_ORDER =
      orders("ContractOrder", ReplicationPolicy.interactive());

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(ORDER, WEB_ORDER, CONTRACT_ORDER);
  }

  private static AggregateType<Order, OrderCommand, OrderEvent> orders(
      String name, ReplicationPolicy<Order> policy) {
    return AggregateType.named(name, new OrderDecider())
        .commands(
            JsonCodec.<OrderCommand>builder()
                .type("CreateOrder", 1, CreateOrder.class)
                .type("AddItem", 1, AddItem.class)
                .type("RemoveItem", 1, RemoveItem.class)
                .type("CancelOrder", 1, CancelOrder.class)
                .build())
        .events(
            JsonCodec.<OrderEvent>builder()
                .type("OrderCreated", 1, OrderCreated.class)
                .type("ItemAdded", 1, ItemAdded.class)
                .type("ItemRemoved", 1, ItemRemoved.class)
                .type("OrderCancelled", 1, OrderCancelled.class)
                .build())
        .state(JsonCodec.single("Order", 1, Order.class))
        .replication(policy)
        .build();
  }
}
