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

/** The orders of a shop. */
public final class OrdersDomain implements Domain {

  /**
   * Orders, under the type name that their keys and rows carry. Every region takes commands for
   * each; what turns out concurrent is left to a person.
   */
  public static final AggregateType<Order, OrderCommand, OrderEvent> ORDER =
      AggregateType.named("Order", new OrderDecider())
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
          .replication(ReplicationPolicy.interactive())
          .build();

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(ORDER);
  }
}
