package dev.anabranch.examples.orders;

import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.CancelOrder;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrderCommand.RemoveItem;
import dev.anabranch.examples.orders.OrderEvent.ItemAdded;
import dev.anabranch.examples.orders.OrderEvent.ItemRemoved;
import dev.anabranch.examples.orders.OrderEvent.OrderCancelled;
import dev.anabranch.examples.orders.OrderEvent.OrderCreated;

/** The rules of an order. */
public final class OrderDecider implements Decider<Order, OrderCommand, OrderEvent> {

  /** Keeps an order, with all its items, far below the size limit of a state. */
  static final int MAX_ITEMS = 1_000;

  @Override
  public Order initialState() {
    return Order.NONE;
  }

  @Override
  public Decision<OrderEvent> decide(Order order, OrderCommand command, DecisionContext context) {
    if (command instanceof CreateOrder create) {
      return create(order, create);
    }
    if (!order.isCreated()) {
      return Decision.rejected("unknown-order", "the order was never created");
    }
    if (command instanceof CancelOrder cancel) {
      return order.cancelled()
          ? Decision.unchanged()
          : Decision.accepted(new OrderCancelled(cancel.reason()));
    }
    if (order.cancelled()) {
      return Decision.rejected("cancelled", "the order is cancelled");
    }
    if (command instanceof AddItem add) {
      return order.items().size() < MAX_ITEMS
          ? Decision.accepted(new ItemAdded(add.item()))
          : Decision.rejected("too-many-items", "an order holds " + MAX_ITEMS + " items");
    }
    if (command instanceof RemoveItem remove) {
      return order.items().contains(remove.item())
          ? Decision.accepted(new ItemRemoved(remove.item()))
          : Decision.rejected("no-such-item", "the item is not in the order");
    }
    throw new IllegalArgumentException("no rule for " + command);
  }

  @Override
  public Order evolve(Order order, OrderEvent event) {
    if (event instanceof OrderCreated created) {
      return new Order(created.customer(), order.items(), order.cancelled());
    }
    if (event instanceof ItemAdded added) {
      return order.withItem(added.item());
    }
    if (event instanceof ItemRemoved removed) {
      return order.withoutItem(removed.item());
    }
    if (event instanceof OrderCancelled) {
      return new Order(order.customer(), order.items(), true);
    }
    throw new IllegalArgumentException("no fold for " + event);
  }

  private static Decision<OrderEvent> create(Order order, CreateOrder create) {
    if (order.isCreated()) {
      return Decision.rejected("already-created", "the order was created before");
    }
    return create.customer().isEmpty()
        ? Decision.rejected("no-customer", "an order needs a customer")
        : Decision.accepted(new OrderCreated(create.customer()));
  }
}
