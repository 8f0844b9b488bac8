package dev.anabranch.examples.orders;

/** What can be asked of an order. */
public sealed interface OrderCommand {

  record CreateOrder(String customer) implements OrderCommand {}

  record AddItem(String item) implements OrderCommand {}

  record RemoveItem(String item) implements OrderCommand {}

  record CancelOrder(String reason) implements OrderCommand {}
}
